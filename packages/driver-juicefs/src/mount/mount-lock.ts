import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallOptions, HoldfastError } from '@holdfast/core';

const pauseMs = 50;

/**
 * Runs a task while no other process of this machine does for the same mount point.
 *
 * The lock is a name among the kernel's abstract sockets: one process has it, and it is free the moment that process ends, however it does.
 */
export async function withMountLock<T>(path: string, timeoutMs: number, { signal }: CallOptions, task: () => Promise<T>): Promise<T> {
  const name = `\0holdfast-mount-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const release = await take(name);
    if (release !== undefined) {
      try {
        return await task();
      } finally {
        release();
      }
    }
    if (performance.now() > deadline) throw busy(path, timeoutMs);
    await sleep(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    if (signal?.aborted === true)
      throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `The wait for the mount at '${path}' was aborted` });
  }
}

async function take(name: string): Promise<(() => void) | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen({ path: name, exclusive: true });
    await once(server, 'listening');
    return () => server.close();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function busy(path: string, timeoutMs: number): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    retry: 'yes',
    message: `Another process has been mounting or unmounting '${path}' for more than ${timeoutMs / 1000} s`,
    hint: 'Look at the processes named holdfast of this machine',
    context: { path },
  });
}
