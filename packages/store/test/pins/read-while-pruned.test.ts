import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointStore, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { interrupted } from '../interrupted-operations.js';

const state = (seed: number): Buffer => patternBytes(200 * 4096, seed);
const policy = { keep: 1, graceMs: 0 };

async function twoSnapshots(root: string): Promise<void> {
  const store = await openRepository({ root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  await commitBytes(store, epoch, await commitBytes(store, epoch, undefined, state(1)), state(2));
}

/** `whole`: every byte was right. `missing`: it said at once that the snapshot is not there. Anything else throws. */
async function readFirst(store: CheckpointStore): Promise<'whole' | 'missing'> {
  const opened = await store.open({ job: 'job', number: 1 }).catch((error: unknown) => {
    if (isHoldfastError(error) && error.code === 'HF_CHECKPOINT_MISSING') return undefined;
    throw error;
  });
  if (opened === undefined) return 'missing';
  await using reader = opened;
  expect(Buffer.from(await reader.read('memory')).equals(state(1))).toBe(true);
  await reader.verify();
  return 'whole';
}

test.each(['a prune at any step of a reader', 'a reader at any step of a prune'])(
  '%s: the snapshot is whole, or not there from the start',
  async (which) => {
    await using place = await temporaryPlace();
    const original = join(place.scratch, 'original');
    await cp(place.root, original, { recursive: true });
    await twoSnapshots(original);
    const found = { whole: 0, missing: 0 };
    for (let when = 0; ; when += 1) {
      const root = join(place.scratch, `at-${when}`);
      await cp(original, root, { recursive: true });
      const other = await openRepository({ root });
      let outcome: 'whole' | 'missing' | undefined;
      const reads = which.startsWith('a prune');
      const { files, count } = interrupted(async (ordinal) => {
        if (ordinal !== when) return;
        if (reads) await other.prune('job', policy);
        else outcome = await readFirst(other);
      });
      const store = await openRepositoryWith({ root }, { files });
      if (reads) outcome = await readFirst(store);
      else await store.prune('job', policy);
      if (count() <= when || outcome === undefined) break;
      found[outcome] += 1;
      expect((await other.verify(undefined)).problems, `at ${when}`).toEqual([]);
    }
    expect(found.whole).toBeGreaterThan(3);
    expect(found.missing).toBeGreaterThan(2);
  },
);
