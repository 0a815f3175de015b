import { deepEqual, equal } from 'node:assert/strict';
import type { JobQuery, JobRecord, MetadataStore } from '@holdfast/core';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { job, type MetadataStoreFixture, timeAfter } from './fixture.js';
import { storeCase } from './store-case.js';

export const jobCases: readonly ContractCase<MetadataStoreFixture>[] = [
  storeCase('a job that was never put is undefined', async (store) => {
    equal(await store.getJob('job'), undefined);
    deepEqual(await store.listJobs(), { items: [], nextCursor: undefined });
  }),
  storeCase('a job comes back as it was put, on every connection', async (store, elsewhere) => {
    const record = job('jöb 1/α', {
      command: ['sh', '-c', 'printf "%s\\n" \'a\tb\'\necho ✓', ''],
      labels: { team: 'genomics', 'a.b/c': 'it\'s "quoted" 100%_' },
      status: 'failed',
      exitCode: 0,
      updatedAt: timeAfter(0.123),
    });
    await store.putJob(record);
    deepEqual(await elsewhere.getJob('jöb 1/α'), record);
    await store.putJob(job('plain'));
    deepEqual(await elsewhere.getJob('plain'), job('plain'));
  }),
  storeCase('a put replaces by name and keeps the first createdAt', async (store, elsewhere) => {
    await store.putJob(job('job', { labels: { old: '1' }, exitCode: 3 }));
    const next = job('job', { labels: { new: '2' }, createdAt: timeAfter(50), updatedAt: timeAfter(60), status: 'succeeded', command: ['b'] });
    await elsewhere.putJob(next);
    deepEqual(await store.getJob('job'), { ...next, createdAt: job('job').createdAt });
    deepEqual(await names(store, { label: { name: 'old', value: '1' } }), []);
    deepEqual(await names(store, {}), ['job']);
  }),
  storeCase('jobs are listed by updatedAt, newest first, then by name', async (store) => {
    await put(store, [job('b'), job('c', { updatedAt: timeAfter(2) }), job('a'), job('d', { updatedAt: timeAfter(1) })]);
    deepEqual(await names(store, {}), ['c', 'd', 'a', 'b']);
  }),
  storeCase('jobs are found by status, prefix, label, time, and all of them together', async (store) => {
    await put(store, [
      job('align-1', { labels: { team: 'x', size: 'big' } }),
      job('align-2', { labels: { team: 'y' }, status: 'failed', updatedAt: timeAfter(1) }),
      job('Align-3', { labels: { team: 'x' }, updatedAt: timeAfter(2) }),
      job('a%_', { labels: { team: 'X', x: 'team' }, updatedAt: timeAfter(3) }),
    ]);
    deepEqual(await names(store, { status: 'failed' }), ['align-2']);
    deepEqual(await names(store, { prefix: 'align-' }), ['align-2', 'align-1']);
    deepEqual(await names(store, { prefix: 'a%' }), ['a%_']);
    deepEqual(await names(store, { prefix: '' }), ['a%_', 'Align-3', 'align-2', 'align-1']);
    deepEqual(await names(store, { label: { name: 'team', value: 'x' } }), ['Align-3', 'align-1']);
    deepEqual(await names(store, { label: { name: 'absent', value: 'x' } }), []);
    deepEqual(await names(store, { updatedAfter: timeAfter(1) }), ['a%_', 'Align-3']);
    deepEqual(await names(store, { status: 'running', prefix: 'al', label: { name: 'size', value: 'big' }, updatedAfter: timeAfter(-1) }), [
      'align-1',
    ]);
  }),
  storeCase('jobs are found by their repository', async (store) => {
    await put(store, [job('a'), job('b', { repositoryId: 'repository-2', status: 'failed' }), job('c', { repositoryId: 'repository-2' })]);
    deepEqual(await names(store, { repositoryId: 'repository-1' }), ['a']);
    deepEqual(await names(store, { repositoryId: 'repository-2' }), ['b', 'c']);
    deepEqual(await names(store, { repositoryId: 'repository-2', status: 'failed' }), ['b']);
    deepEqual(await names(store, { repositoryId: 'Repository-1' }), []);
  }),
  storeCase('pages join to the whole list, also where many have the same time', async (store) => {
    await put(
      store,
      Array.from({ length: 17 }, (_, index) => job(`job-${String(index).padStart(2, '0')}`, { updatedAt: timeAfter(index % 2) })),
    );
    const whole = await names(store, {});
    for (const limit of [1, 4, 17, 20]) {
      const pages = await allPages(store, { limit });
      deepEqual(
        pages.flat().map((record) => record.job),
        whole,
      );
      equal(pages.length, Math.ceil(17 / limit));
    }
  }),
  storeCase('a cursor skips and repeats no job that did not change', async (store) => {
    await put(
      store,
      Array.from({ length: 6 }, (_, index) => job(`job-${index}`, { updatedAt: timeAfter(index) })),
    );
    const first = await store.listJobs({ limit: 3 });
    await store.putJob(job('job-0', { updatedAt: timeAfter(100) }));
    await store.putJob(job('new', { updatedAt: timeAfter(100) }));
    await store.putJob(job('job-4', { updatedAt: timeAfter(101) }));
    const rest = first.nextCursor === undefined ? [] : (await store.listJobs({ limit: 10, cursor: first.nextCursor })).items;
    deepEqual(
      first.items.map((record) => record.job),
      ['job-5', 'job-4', 'job-3'],
    );
    deepEqual(
      rest.map((record) => record.job),
      ['job-2', 'job-1'],
    );
  }),
  storeCase('a page holds 100 jobs where no limit is given, and there is no cursor behind the last', async (store) => {
    await put(
      store,
      Array.from({ length: 101 }, (_, index) => job(`job-${index}`)),
    );
    const page = await store.listJobs();
    equal(page.items.length, 100);
    const last = await store.listJobs(page.nextCursor === undefined ? {} : { cursor: page.nextCursor });
    equal(last.items.length, 1);
    equal(last.nextCursor, undefined);
  }),
  storeCase('a limit, cursor or time that is not right is refused', async (store) => {
    const queries: JobQuery[] = [{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { cursor: 'x' }, { cursor: '' }, { updatedAfter: 'yesterday' }];
    for (const query of queries) await assertRejects(store.listJobs(query), { kind: 'invalid-argument' });
    for (const time of ['2026-01-02', '2026-01-02T03:04:05+01:00', '2026-01-02T03:04:05Z', '']) {
      await assertRejects(store.putJob(job('job', { updatedAt: time })), { kind: 'invalid-argument' });
      await assertRejects(store.putJob(job('job', { createdAt: time })), { kind: 'invalid-argument' });
    }
    equal(await store.getJob('job'), undefined);
  }),
];

async function put(store: MetadataStore, records: readonly JobRecord[]): Promise<void> {
  for (const record of records) await store.putJob(record);
}

async function names(store: MetadataStore, query: JobQuery): Promise<readonly string[]> {
  return (await store.listJobs(query)).items.map((record) => record.job);
}

async function allPages(store: MetadataStore, query: JobQuery): Promise<readonly (readonly JobRecord[])[]> {
  const pages: (readonly JobRecord[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listJobs(cursor === undefined ? query : { ...query, cursor });
    pages.push(page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}
