import type { CheckpointStore } from '@holdfast/core';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect } from 'vitest';

export const state = (seed: number): Buffer => patternBytes(200 * 4096, seed);
export const forker = { attempt: 'forker', host: 'h', pid: 1 };
export const mixedSnapshot = { job: 'second', number: 2 };

/** Half of it is of the first job, half of the second. */
export const mixed: Buffer = Buffer.concat([state(1).subarray(0, 100 * 4096), state(3).subarray(0, 100 * 4096)]);

/** Job `second` is a fork of `first` that went on to `mixed`; `first` has a newer snapshot that shares nothing with the one that was forked. */
export async function family(store: CheckpointStore): Promise<void> {
  const epoch = await store.claim('first', { ...forker, attempt: 'a' }, { kind: 'newest' });
  const one = await commitBytes(store, epoch, undefined, state(1));
  await commitBytes(store, epoch, one, state(2));
  const fork = await store.fork({ job: 'first', number: one.number }, 'second', forker);
  const next = await commitBytes(store, await store.claim('second', { ...forker, attempt: 'b' }, { kind: 'newest' }), fork, mixed);
  expect(next.number).toBe(2);
}

/** A newer snapshot of a job that shares nothing with those before. */
export async function moveOn(store: CheckpointStore, job: string): Promise<void> {
  const epoch = await store.claim(job, { ...forker, attempt: 'later' }, { kind: 'newest' });
  await commitBytes(store, epoch, epoch.from, state(9));
}
