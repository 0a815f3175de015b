import { type CallOptions, HoldfastError, runAbandonable } from '@holdfast/core';
import type { JuicefsConfig } from '../config.js';
import { recentComplaints, logSize } from './mount-log.js';

const operation = 'storage.flush';
const findTimeoutMs = 30_000;

/**
 * Syncs the files of the mount that any process of this machine has open: what is written to them may still be in the client's memory. The client
 * has no call that syncs all of them, and syncfs(2) does not reach it.
 */
export async function syncOpenFiles(config: JuicefsConfig, options: CallOptions): Promise<void> {
  const { path, flushTimeoutMs, logFile } = config.mount;
  const { signal } = options;
  const pattern = `${path.replaceAll(/[[\]*?\\]/gu, String.raw`\$&`)}/*`;
  // Only links of /proc are read for this, not the mount.
  const script = String.raw`find /proc/[0-9]*/fd -maxdepth 1 -type l -lname "$1" -printf '%l\0' 2>/dev/null; true`;
  const found = await runAbandonable({ command: '/bin/sh', args: ['-c', script, 'sh', pattern], timeoutMs: findTimeoutMs, signal });
  if (found.kind !== 'exited') throw failed(config, 'the files that are open there could not be found', signal);
  const files = [...new Set(found.stdout.split('\0'))].filter((file) => file !== '' && !file.endsWith(' (deleted)'));
  if (files.length === 0) return;
  const logFrom = await logSize(logFile);
  const synced = await runAbandonable({ command: '/bin/sync', args: ['--', ...files], timeoutMs: flushTimeoutMs, signal });
  if (synced.kind === 'exited' && (synced.exitCode === 0 || onlyGone(synced.stderr))) return;
  const words =
    synced.kind === 'exited' ? synced.stderr.trim() : `'sync' of ${files.length} open files did not end within ${flushTimeoutMs / 1000} s`;
  const last = (await recentComplaints(logFile, logFrom)).at(-1);
  throw failed(config, last === undefined ? words : `${words}; its client said last: ${last}`, signal);
}

/** A file that was removed meanwhile has nothing to keep. */
function onlyGone(stderr: string): boolean {
  return stderr
    .trim()
    .split('\n')
    .every((line) => line.endsWith('No such file or directory'));
}

function failed({ name, mount }: JuicefsConfig, why: string, signal: AbortSignal | undefined): HoldfastError {
  if (signal?.aborted === true)
    return new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} of the volume '${name}' was aborted`, operation });
  return new HoldfastError('HF_STORAGE_IO', {
    kind: 'unavailable',
    message: `The volume '${name}' was not flushed: ${why}`,
    operation,
    context: { volume: name },
    hint: `Look whether the bucket and the metadata engine answer, and at ${mount.logFile}`,
  });
}
