import { type CallOptions, HoldfastError, runAbandonable } from '@holdfast/core';
import type { JuicefsConfig } from '../config.js';
import { recentComplaints, logSize } from './mount-log.js';

const operation = 'storage.flush';

/**
 * The client's fsync of a handle that only reads flushes nothing, hence a handle of each file that writes, nothing. One that was removed meanwhile
 * has nothing to keep, and neither has a directory, a pipe or a program that runs; the opening of a pipe might wait for ever. The names stay in here, however many they are; of /proc only links
 * are read to find them, not the mount.
 */
const script = String.raw`
command -v find >/dev/null && command -v sort >/dev/null || { echo 'find and sort are needed' >&2; exit 127; }
find /proc/[0-9]*/fd -maxdepth 1 -type l -lname "$1" -printf '%l\0' 2>/dev/null | sort -zu | xargs -0 -r /bin/sh -c '
for file; do
  if [ -p "$file" ] || [ -c "$file" ] || [ -b "$file" ]; then continue; fi
  said=$(dd if=/dev/null of="$file" conv=notrunc,nocreat,fsync status=none 2>&1) && continue
  case $said in
  *"No such file or directory"|*"Is a directory"|*"Text file busy") ;;
  *) printf "%s\n" "$said" >&2; exit 255 ;;
  esac
done' sh`;

/**
 * Syncs the files of the mount that any process of this machine has open: what is written to them may still be in the client's memory. The client
 * has no call that syncs all of them, and syncfs(2) does not reach it. Rejects with HF_STORAGE_TIMEOUT where that takes longer than `timeoutMs`.
 */
export async function syncOpenFiles(config: JuicefsConfig, timeoutMs: number, { signal }: CallOptions): Promise<void> {
  const { path, logFile } = config.mount;
  const pattern = `${path.replaceAll(/[[\]*?\\]/gu, String.raw`\$&`)}/*`;
  const logFrom = await logSize(logFile);
  const synced = await runAbandonable({ command: '/bin/sh', args: ['-c', script, 'sh', pattern], timeoutMs, signal });
  if (synced.kind === 'exited' && synced.exitCode === 0) return;
  const isLate = synced.kind === 'abandoned';
  const words =
    synced.kind === 'exited' ? synced.stderr.trim() : isLate ? 'the sync of its open files did not end in time' : '/bin/sh does not start';
  const last = (await recentComplaints(logFile, logFrom)).at(-1);
  throw failed(config, last === undefined ? words : `${words}; its client said last: ${last}`, isLate, signal);
}

function failed({ name, mount }: JuicefsConfig, why: string, isLate: boolean, signal: AbortSignal | undefined): HoldfastError {
  if (signal?.aborted === true)
    return new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} of the volume '${name}' was aborted`, operation });
  return new HoldfastError(isLate ? 'HF_STORAGE_TIMEOUT' : 'HF_STORAGE_IO', {
    kind: isLate ? 'timeout' : 'unavailable',
    ...(isLate ? { retry: 'yes' as const } : {}),
    message: `The volume '${name}' was not flushed${isLate ? ` within ${mount.flushTimeoutMs / 1000} s` : ''}: ${why}`,
    operation,
    context: { volume: name },
    hint: `Look whether the bucket and the metadata engine answer, and at ${mount.logFile}`,
  });
}
