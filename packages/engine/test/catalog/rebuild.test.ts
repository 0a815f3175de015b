import { HoldfastError, type MetadataStore, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { madeJob, noteMade } from '../../src/catalog/made-job.js';
import { startedNote } from '../../src/catalog/attempt-note.js';
import { rebuildCatalog } from '../../src/catalog/rebuild.js';
import { liveThrough, metadata } from './history.js';
import { type CatalogPlace, catalogPlace, contentOf } from './place.js';

/** Jobs of every kind: ended well and badly, stopped, killed twice, running, begun anew, pruned, forked, one without a snapshot. */
async function someLives(place: CatalogPlace): Promise<void> {
  const { store, catalog, clock } = place;
  await liveThrough(place, 'well', 'w1', { snapshots: 2, end: { outcome: 'exited', exitCode: 0 }, labels: { team: 'x', ü: '"' } });
  await liveThrough(place, 'badly', 'b1', { snapshots: 1 });
  await liveThrough(place, 'badly', 'b2', { snapshots: 1 });
  await liveThrough(place, 'badly', 'b3', { end: { outcome: 'exited', exitCode: 139 } });
  await liveThrough(place, 'stopped', 's1', { snapshots: 3, end: { outcome: 'stopped' } });
  const { removed } = await store.prune('stopped', { keep: 1, graceMs: 0 });
  await catalog.removeCheckpoints(
    'stopped',
    removed.map(({ number }) => number),
  );
  await liveThrough(place, 'running', 'r1', { snapshots: 1, end: { outcome: 'stopped' } });
  await liveThrough(place, 'running', 'r2', { snapshots: 1 });
  await liveThrough(place, 'young', 'y1', {});
  await liveThrough(place, 'anew', 'n1', { end: { outcome: 'exited', exitCode: 0 }, labels: { old: '1' } });
  await liveThrough(place, 'anew', 'n2', { end: { outcome: 'exited', exitCode: 3 } });
  const forked = await store.fork({ job: 'well' }, 'forked', { attempt: 'f1', host: 'h', pid: 1 });
  const record = madeJob(store.repositoryId, 'forked', metadata, clock.now().toISOString());
  await store.note(forked, 'started', { ...startedNote(record, undefined) });
  await noteMade(catalog, record, forked, metadata, {});
  await liveThrough(place, 'forked', 'f2', { snapshots: 1 });
}

const rebuild = ({ store }: CatalogPlace, catalog: MetadataStore) => rebuildCatalog({ store, catalog, logger: silentLogger }, {});

/** A catalog of which the calls do something else first. */
function disturbed(catalog: MetadataStore, before: (call: string) => Promise<void>): MetadataStore {
  return new Proxy(catalog, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]): Promise<unknown> => {
        await before(String(name));
        return await (Reflect.apply(value, target, given) as Promise<unknown>);
      };
    },
  });
}

test('an empty catalog is made equal to the old one, and a repeat changes nothing', async () => {
  await using place = await catalogPlace();
  await someLives(place);
  const fresh = await place.fresh();
  const progress: unknown[] = [];
  const report = await rebuildCatalog({ ...place, catalog: fresh, logger: silentLogger }, { onProgress: (each) => progress.push(each) });
  const before = await contentOf(place.catalog);
  expect(before).toHaveLength(7);
  expect(await contentOf(fresh)).toEqual(before);
  expect(report).toEqual({ jobs: 7, attempts: 11, snapshots: 9, removed: [], problems: [] });
  expect(progress.at(0)).toEqual({ done: 0, total: 7 });
  expect(progress.at(-1)).toEqual({ done: 7, total: 7 });
  await rebuild(place, fresh);
  expect(await contentOf(fresh)).toEqual(before);
});

test('killed at any step, another rebuild finishes', async () => {
  await using place = await catalogPlace();
  await someLives(place);
  const before = await contentOf(place.catalog);
  const dead = new HoldfastError('HF_CATALOG_UNAVAILABLE', { message: 'gone', kind: 'unavailable' });
  const fresh = await place.fresh();
  for (let last = 1; ; last += 1) {
    let calls = 0;
    const dying = disturbed(fresh, () => ((calls += 1) > last ? Promise.reject(dead) : Promise.resolve()));
    const outcome = await rebuild(place, dying).catch((error: unknown) => error);
    if (outcome !== dead) break;
    last += 6;
  }
  expect(await contentOf(fresh)).toEqual(before);
  const half = await place.fresh();
  let calls = 0;
  await rebuild(
    place,
    disturbed(half, () => ((calls += 1) > 40 ? Promise.reject(dead) : Promise.resolve())),
  ).catch(() => undefined);
  expect(await contentOf(half)).not.toEqual(before);
  await rebuild(place, half);
  expect(await contentOf(half)).toEqual(before);
});

for (const call of ['getJob', 'listCheckpoints', 'putJob', 'putAttempt', 'putCheckpoint', 'removeCheckpoints']) {
  test(`what a job writes while it is rebuilt stays: at ${call}`, async () => {
    await using place = await catalogPlace();
    await liveThrough(place, 'job', 'a1', { snapshots: 1 });
    const fresh = await place.fresh();
    let done = false;
    const beside = disturbed(fresh, async (name) => {
      if (name !== call || done) return;
      done = true;
      // In both catalogs, as if it were one that the run goes on writing to.
      const both = disturbed(place.catalog, () => Promise.resolve());
      const tee = new Proxy(both, {
        get:
          (target, key) =>
          async (...given: unknown[]) => {
            await (Reflect.apply(Reflect.get(fresh, key) as () => unknown, fresh, given) as Promise<unknown>);
            return await (Reflect.apply(Reflect.get(target, key) as () => unknown, target, given) as Promise<unknown>);
          },
      });
      await liveThrough({ ...place, catalog: tee }, 'job', 'a2', { snapshots: 2, end: { outcome: 'exited', exitCode: 0 } });
      await place.store.prune('job', { keep: 1, graceMs: 0 });
      await tee.removeCheckpoints('job', [1, 2]);
    });
    await rebuild(place, beside);
    expect(done).toBe(true);
    // The catalog keeps the first `createdAt` that it hears of: here the later attempt's, where that came first.
    const ageless = (content: Awaited<ReturnType<typeof contentOf>>) =>
      content.map((each) => ({ ...each, record: { ...each.record, createdAt: '' } }));
    expect(ageless(await contentOf(fresh))).toEqual(ageless(await contentOf(place.catalog)));
  });
}

test('a job that is begun anew while its removed namesake is taken out of the catalog stays', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'job', 'a1', { snapshots: 1 });
  await place.store.remove('job', { attempt: 'r', host: 'h', pid: 1 });
  const beside = disturbed(place.catalog, async (name) => {
    if (name === 'removeJob' && (await place.store.history('job')).length === 0) await liveThrough(place, 'job', 'a2', { snapshots: 1 });
  });
  expect(await rebuild(place, beside)).toMatchObject({ removed: [] });
  expect(await contentOf(place.catalog)).toMatchObject([{ record: { job: 'job' }, attempts: [{ attempt: 'a2' }] }]);
});

test('a removed job whose name another storage takes meanwhile is left to that', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'job', 'a1', { snapshots: 1 });
  await place.store.remove('job', { attempt: 'r', host: 'h', pid: 1 });
  const record = await place.catalog.getJob('job');
  if (record === undefined) throw new Error('no job');
  const theirs = { ...record, repositoryId: 'other' };
  let done = false;
  const beside = disturbed(place.catalog, async (name) => {
    if (name !== 'getJob' || done) return;
    done = true;
    await place.catalog.putJob(theirs);
  });
  expect(await rebuild(place, beside)).toMatchObject({ removed: [] });
  expect(await place.catalog.getJob('job')).toEqual(theirs);
});

test('leases are left alone, and a record newer than the repository tells stays', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'job', 'a1', { snapshots: 1 });
  const { catalog } = place;
  const [attempt] = await catalog.listAttempts('job');
  const record = await catalog.getJob('job');
  if (attempt === undefined || record === undefined) throw new Error('no job');
  const holder = { attempt: 'a1', host: 'h', bootId: 'b', pid: 1, startTicks: 1 };
  const taken = await catalog.acquireLease('job', holder, 60_000);
  const ended = { ...attempt, outcome: 'interrupted' as const, endedAt: '2026-11-21T00:00:00.000Z' };
  await catalog.putAttempt(ended);
  await catalog.putJob({ ...record, status: 'interrupted', updatedAt: '2026-11-21T00:00:00.000Z' });
  await rebuild(place, catalog);
  expect(await catalog.listAttempts('job')).toEqual([ended]);
  expect(await catalog.getJob('job')).toMatchObject({ status: 'interrupted', updatedAt: '2026-11-21T00:00:00.000Z' });
  expect(taken.acquired && (await catalog.currentLease('job'))).toEqual(taken.acquired && taken.lease);
});

test('what the repository has not is removed, what another storage has stays', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'job', 'a1', { snapshots: 1, end: { outcome: 'stopped' } });
  await liveThrough(place, 'theirs', 't1', {});
  const { store, catalog } = place;
  const record = await catalog.getJob('job');
  if (record === undefined) throw new Error('no job');
  const others = { ...record, job: 'theirs', repositoryId: 'other' };
  await catalog.putJob(others);
  await catalog.putJob({ ...record, job: 'gone' });
  const { checkpoints } = { checkpoints: (await catalog.listCheckpoints('job')).items };
  await catalog.putCheckpoint({
    job: 'job',
    number: 99,
    epoch: 1,
    attempt: 'a1',
    createdAt: record.createdAt,
    freezeMs: 1,
    logicalBytes: 1,
    storedBytes: 1,
  });
  const report = await rebuildCatalog({ store, catalog, logger: silentLogger }, {});
  expect(report).toMatchObject({ jobs: 1, removed: ['gone'], problems: [{ job: 'theirs' }] });
  expect(await catalog.getJob('gone')).toBeUndefined();
  expect(await catalog.getJob('theirs')).toMatchObject({ repositoryId: 'other', updatedAt: record.updatedAt });
  expect((await catalog.listCheckpoints('job')).items).toEqual(checkpoints);
});

test('of a job without notes its snapshots and epochs tell what they can', async () => {
  await using place = await catalogPlace();
  const { store } = place;
  const epoch = await store.claim('old', { attempt: 'o1', host: 'h', pid: 3 }, { kind: 'newest' });
  await using writer = await store.begin(epoch, undefined);
  await writer.commit({ ...metadata });
  await store.end(epoch, { exitCode: 3, endedAt: '2026-11-20T11:00:00.000Z' });
  await store.claim('claimed', { attempt: 'c1', host: 'h', pid: 3 }, { kind: 'newest' });
  const fresh = await place.fresh();
  expect(await rebuild(place, fresh)).toMatchObject({ jobs: 1, attempts: 1, snapshots: 1, problems: [] });
  expect(await fresh.getJob('old')).toMatchObject({ command: ['./align.sh', 'old'], status: 'failed', exitCode: 3, labels: {} });
  expect(await fresh.listAttempts('old')).toMatchObject([{ attempt: 'o1', host: 'h', pid: 3, outcome: 'exited', exitCode: 3 }]);
  expect(await fresh.getJob('claimed')).toBeUndefined();
});
