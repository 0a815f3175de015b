import type { CheckpointStore } from '@holdfast/core';
import { expect, test } from 'vitest';
import { openNewest } from '../../src/repository/open-newest.js';
import { openPlaces, takeSnapshot } from '../archive/archives.js';

/** The store, where a newer snapshot is taken and the older ones pruned before each of the first opens. */
function prunedBefore(here: CheckpointStore, opens: number): Pick<CheckpointStore, 'list' | 'open'> {
  const open: CheckpointStore['open'] = async (ref, options) => {
    if (opens > 0) {
      opens -= 1;
      await takeSnapshot(here);
      await here.prune('job', { keep: 1, graceMs: 0 });
    }
    return await here.open(ref, options);
  };
  return { open, list: (job, options) => here.list(job, options) };
}

test('where prunes take the newest snapshot before it is open, the newer one is opened', async () => {
  await using places = await openPlaces();
  await takeSnapshot(places.here);
  await using reader = await openNewest(prunedBefore(places.here, 2), 'job', undefined);
  expect(reader?.summary.number).toBe(3);
});

test('a job whose newest snapshot is pruned each time is told to have it no more', async () => {
  await using places = await openPlaces();
  await takeSnapshot(places.here);
  const opening = openNewest(prunedBefore(places.here, Number.MAX_SAFE_INTEGER), 'job', undefined);
  await expect(opening).rejects.toMatchObject({ code: 'HF_CHECKPOINT_MISSING', kind: 'not-found' });
});

test('a job without a snapshot has none to open', async () => {
  await using places = await openPlaces();
  expect(await openNewest(places.here, 'job', undefined)).toBeUndefined();
});
