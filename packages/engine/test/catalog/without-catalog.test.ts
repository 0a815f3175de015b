import { HoldfastError, type MetadataStore, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { createJobs } from '../../src/deployment/jobs.js';
import type { DeploymentJobs } from '../../src/deployment/types.js';
import { liveThrough } from './history.js';
import { moodyCatalog } from './moody-catalog.js';
import { type CatalogPlace, catalogPlace } from './place.js';

function jobsOf({ store, folder }: CatalogPlace, catalog: () => Promise<MetadataStore>): DeploymentJobs {
  return createJobs({ stateDirectory: folder, graceMs: 0, leaseTtlMs: 1000, logger: silentLogger, store: () => Promise.resolve(store), catalog });
}

/** The same jobs, seen through the catalog and without it. */
async function twoViews(place: CatalogPlace): Promise<{ readonly known: DeploymentJobs; readonly blind: DeploymentJobs }> {
  await liveThrough(place, 'align-1', 'a1', { snapshots: 2, end: { outcome: 'exited', exitCode: 0 }, labels: { team: 'x' } });
  await liveThrough(place, 'align-2', 'b1', { snapshots: 1 });
  await liveThrough(place, 'align-2', 'b2', { snapshots: 1, end: { outcome: 'stopped' }, labels: { team: 'x' } });
  await liveThrough(place, 'bwa', 'c1', { end: { outcome: 'exited', exitCode: 3 } });
  const moody = moodyCatalog(place.catalog);
  moody.mood = 'dead';
  return { known: jobsOf(place, () => Promise.resolve(place.catalog)), blind: jobsOf(place, () => Promise.resolve(moody.catalog)) };
}

const told = { warning: expect.stringContaining('this is what the storage tells') as unknown };

test.each([
  {},
  { prefix: 'align' },
  { status: 'failed' as const },
  { label: { name: 'team', value: 'x' } },
  { updatedAfter: '2026-11-20T10:00:12.000Z' },
  { limit: 2 },
])('without a catalog the list of %j is the same, from the storage', async (query) => {
  await using place = await catalogPlace();
  const { known, blind } = await twoViews(place);
  const { items } = await known.list(query);
  const without = await blind.list(query);
  expect(items.length).toBeGreaterThan(0);
  expect(without.items).toEqual(items);
  expect(without).toMatchObject(told);
});

test('pages of the storage follow each other, and a cursor of the catalog is refused there', async () => {
  await using place = await catalogPlace();
  const { known, blind } = await twoViews(place);
  const names: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await blind.list({ limit: 1, ...(cursor === undefined ? {} : { cursor }) });
    names.push(...page.items.map(({ job }) => job));
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  expect(names).toEqual((await known.list()).items.map(({ job }) => job));
  expect(names).toHaveLength(3);
  const { nextCursor = '' } = await known.list({ limit: 1 });
  await expect(blind.list({ cursor: nextCursor })).rejects.toMatchObject({
    code: 'HF_USAGE',
    message: expect.stringContaining('does not answer') as unknown,
  });
  await expect(blind.list({ limit: 1001 })).rejects.toMatchObject({ kind: 'invalid-argument' });
});

test('totals are the same without a catalog', async () => {
  await using place = await catalogPlace();
  const { known, blind } = await twoViews(place);
  const totals = await known.totals();
  expect(totals).toMatchObject({ jobs: { running: 0, interrupted: 1, succeeded: 1, failed: 1 }, snapshots: 4, warning: undefined });
  expect(totals.storedBytes).toBeGreaterThan(0);
  expect(await blind.totals()).toEqual({ ...totals, ...told });
});

test('show tells record, attempts and snapshots without a catalog, and says what is missing', async () => {
  await using place = await catalogPlace();
  const { known, blind } = await twoViews(place);
  await place.catalog.appendEvent({ job: 'align-2', attempt: 'b2', at: '2026-11-20T10:00:00.000Z', type: 'x', detail: {} });
  const shown = await known.show('align-2');
  expect([shown.events.length, shown.warning]).toEqual([1, undefined]);
  expect(await blind.show('align-2')).toEqual({ ...shown, events: [], nextCursor: undefined, ...told });
  await expect(blind.show('none')).rejects.toMatchObject({ code: 'HF_JOB_MISSING' });
});

test('events come in pages', async () => {
  await using place = await catalogPlace();
  const { known } = await twoViews(place);
  for (let second = 1; second <= 3; second += 1)
    await place.catalog.appendEvent({ job: 'bwa', attempt: 'c1', at: `2026-11-20T11:00:0${second}.000Z`, type: `e${second}`, detail: {} });
  const first = await known.show('bwa', { events: { limit: 2 } });
  expect(first.events.map(({ type }) => type)).toEqual(['e3', 'e2']);
  const rest = await known.show('bwa', { events: { limit: 2, cursor: first.nextCursor ?? '' } });
  expect([rest.events.map(({ type }) => type), rest.nextCursor]).toEqual([['e1'], undefined]);
});

test('what is no outage of the catalog is told as it is', async () => {
  await using place = await catalogPlace();
  const wrong = new HoldfastError('HF_CONFIG', { message: 'no such database', kind: 'invalid-argument' });
  const jobs = jobsOf(place, () => Promise.reject(wrong));
  await expect(jobs.list()).rejects.toBe(wrong);
  await expect(jobs.totals()).rejects.toBe(wrong);
});

test('a job that is noted as running and held by nobody counts as interrupted, not as running', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'older', 'o1', { end: { outcome: 'stopped' } });
  await liveThrough(place, 'dead', 'd1', {});
  await liveThrough(place, 'newer', 'n1', { end: { outcome: 'stopped' } });
  const jobs = jobsOf(place, () => Promise.resolve(place.catalog));
  expect((await jobs.list({ status: 'running' })).items).toEqual([]);
  const { items } = await jobs.list({ status: 'interrupted' });
  expect(items.map(({ job, status }) => [job, status])).toEqual(['newer', 'dead', 'older'].map((job) => [job, 'interrupted']));
  expect((await jobs.list({ status: 'interrupted', prefix: 'd' })).items.map(({ job }) => job)).toEqual(['dead']);
});

test('jobs whose Holdfast died stand on the first page of the interrupted ones, and on no other', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'dead-1', 'of-dead-1', {});
  for (const name of ['one', 'two']) await liveThrough(place, name, `of-${name}`, { end: { outcome: 'stopped' } });
  for (const name of ['dead-2', 'dead-3']) await liveThrough(place, name, `of-${name}`, {});
  // As if a page of a thousand held one.
  const catalog: MetadataStore = {
    ...place.catalog,
    listJobs: (query = {}, options) => place.catalog.listJobs(query.status === 'running' ? { ...query, limit: 1 } : query, options),
  };
  const jobs = jobsOf(place, () => Promise.resolve(catalog));
  const first = await jobs.list({ status: 'interrupted', limit: 1 });
  expect(first.items.map(({ job }) => job)).toEqual(['dead-3', 'dead-2', 'two', 'dead-1']);
  const second = await jobs.list({ status: 'interrupted', limit: 1, ...(first.nextCursor === undefined ? {} : { cursor: first.nextCursor }) });
  expect([second.items.map(({ job }) => job), second.nextCursor]).toEqual([['one'], undefined]);
});
