import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError, runAbandonable } from '@holdfast/core';
import { isProcessAlive, processIdentity } from '@holdfast/core/basics';
import { removeMountPoint } from './mount-point.js';

const operation = 'storage.detach';

/** Unmounts what nobody uses any more, and waits until its client has taken leave of the metadata engine. Refuses where files in it are open. */
export async function unmountInOrder(path: string, pids: readonly number[], timeoutMs: number): Promise<void> {
  const clients = pids.map(processIdentity).filter((client) => client !== undefined);
  const outcome = await unmount([], path);
  if (outcome !== undefined) {
    throw new HoldfastError('HF_STORAGE_IN_USE', {
      kind: 'conflict',
      message: `The volume at '${path}' was not unmounted: ${outcome}`,
      operation,
      context: { path },
      hint: `End what uses it (fuser -vm '${path}' tells), and detach again`,
    });
  }
  const deadline = performance.now() + timeoutMs;
  for (const client of clients) while (isProcessAlive(client) && performance.now() < deadline) await sleep(50);
  await removeMountPoint(path);
}

/** The client, and its parent that starts it anew; pid 1 is nobody's. */
export function clientsOf({ pid, parentPid }: { readonly pid: number; readonly parentPid: number | undefined }): readonly number[] {
  return [pid, ...(parentPid === undefined || parentPid <= 1 ? [] : [parentPid])];
}

/** Takes a dead or hung client's mount away, whoever has files open there. */
export async function unmountLazily(path: string): Promise<void> {
  await unmount(['-l'], path);
}

/** What it said where it failed. */
async function unmount(options: readonly string[], path: string): Promise<string | undefined> {
  const isRoot = process.getuid?.() === 0;
  const [command, args] = isRoot
    ? ['/bin/umount', [...options, '--', path]]
    : ['/usr/bin/fusermount', ['-u', ...(options.length === 0 ? [] : ['-z']), '--', path]];
  const outcome = await runAbandonable({ command, args, timeoutMs: 30_000 });
  if (outcome.kind === 'exited') return outcome.exitCode === 0 ? undefined : outcome.stderr.trim();
  return outcome.kind === 'not-started' ? `${command} does not start` : `${command} did not end within 30 s`;
}
