import { silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { bringInLine } from '../../src/catalog/bring-in-line.js';
import { liveThrough } from './history.js';
import { type CatalogPlace, catalogPlace, contentOf } from './place.js';

const mend = ({ store, catalog }: CatalogPlace) => bringInLine({ store, catalog, logger: silentLogger }, 'job', {});

test('what was removed of a job, or committed, without a word to the catalog is brought in line; a repeat changes nothing', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'job', 'a', { snapshots: 3 });
  const [before] = await contentOf(place.catalog);
  await place.store.prune('job', { keep: 2, graceMs: 0 });
  await place.catalog.removeCheckpoints('job', [3]);
  await mend(place);
  const after = await contentOf(place.catalog);
  expect(after).toEqual([{ ...before, checkpoints: before?.checkpoints.slice(0, 2) }]);
  await mend(place);
  expect(await contentOf(place.catalog)).toEqual(after);
});

test('what the catalog has of another storage is left alone, and a job that it does not know is not made known', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'job', 'a', { snapshots: 2 });
  const record = await place.catalog.getJob('job');
  if (record === undefined) throw new Error('the catalog does not know the job');
  await place.catalog.putJob({ ...record, repositoryId: 'another' });
  await place.store.prune('job', { keep: 1, graceMs: 0 });
  await mend(place);
  expect((await place.catalog.listCheckpoints('job')).items).toHaveLength(2);
  const fresh = await place.fresh();
  await mend({ ...place, catalog: fresh });
  expect(await contentOf(fresh)).toEqual([]);
});

test('a catalog that does not answer is no failure', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'job', 'a', { snapshots: 1 });
  await place.catalog[Symbol.asyncDispose]();
  await expect(mend(place)).resolves.toBeUndefined();
});
