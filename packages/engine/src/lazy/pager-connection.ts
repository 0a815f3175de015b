import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError } from '@holdfast/core/basics';

const connectMs = 30_000;
const againMs = 20;

/** Connects to the pager whose sockets are in `folder`, once it listens. Rejects with HF_MEMORY_LOST where it does not within half a minute. */
export async function connectPager(folder: string, signal: AbortSignal | undefined): Promise<Socket> {
  const deadline = performance.now() + connectMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await connectOnce(folder);
    } catch (cause) {
      if (performance.now() > deadline) throw pagerGone('does not listen', cause);
      await delay(againMs);
    }
  }
}

/** A socket's path may have 107 bytes only; the folder's may be longer. */
async function connectOnce(folder: string): Promise<Socket> {
  const directory = await open(folder, 'r');
  try {
    const socket = connect(`/proc/self/fd/${directory.fd}/feed.socket`);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return socket;
  } finally {
    await directory.close();
  }
}

export function pagerGone(what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_MEMORY_LOST', {
    message: `the program that brings the job its memory ${what}`,
    kind: 'unavailable',
    retry: 'yes',
    operation: 'resume',
    hint: 'the job was ended with it; the same line again resumes it from the same snapshot',
    ...(cause === undefined ? {} : { cause }),
  });
}
