import { silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { overNote } from '../../src/catalog/attempt-note.js';
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

test('an attempt that died before it could note anything is made known by the next one, as lost; one that failed to begin as failed', async () => {
  await using place = await catalogPlace();
  const { store, catalog } = place;
  const claim = (attempt: string) => store.claim('job', { attempt, host: 'h', pid: 3 }, { kind: 'newest' });
  await claim('a');
  const failed = await claim('b');
  await store.note(failed, 'over', { ...overNote(undefined, { outcome: 'failed', endedAt: '2026-11-20T09:00:00.000Z', exitCode: undefined }, '') });
  await liveThrough(place, 'job', 'c', { snapshots: 1 });
  const [before] = await contentOf(catalog);
  await mend(place);
  const [after] = await contentOf(catalog);
  expect(after).toMatchObject({
    record: before?.record,
    attempts: [before?.attempts[0], { attempt: 'b', outcome: 'failed' }, { attempt: 'a', pid: 3, outcome: 'lost' }],
  });
});

test('an epoch that a fork made is no attempt, and the catalog is not made anew because of it', async () => {
  await using place = await catalogPlace();
  const { store, catalog } = place;
  await liveThrough(place, 'job', 'a', { snapshots: 1 });
  await store.fork({ job: 'job' }, 'fork', { attempt: 'f', host: 'h', pid: 1 });
  await liveThrough(place, 'fork', 'b', {});
  await bringInLine({ store, catalog, logger: silentLogger }, 'fork', {});
  expect((await catalog.listAttempts('fork')).map(({ attempt }) => attempt)).toEqual(['b']);
});

test('a catalog that does not answer is no failure', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'job', 'a', { snapshots: 1 });
  await place.catalog[Symbol.asyncDispose]();
  await expect(mend(place)).resolves.toBeUndefined();
});
