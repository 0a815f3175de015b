import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Page, RecordQuery } from '@holdfast/core';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { checkpoint, event, job, type MetadataStoreFixture, timeAfter } from './fixture.js';
import { storeCase } from './store-case.js';

/** Lists that grow without bound, and what they come to. */
export const pageCases: readonly ContractCase<MetadataStoreFixture>[] = [
  storeCase('pages of checkpoints join to the whole list; what comes or goes meanwhile moves no other', async (store, elsewhere) => {
    for (let number = 1; number <= 9; number += 1) await store.putCheckpoint(checkpoint(number));
    await store.putCheckpoint(checkpoint(5, { job: 'other' }));
    const list = (query: RecordQuery) => store.listCheckpoints('job', query);
    for (const limit of [1, 4, 9, 10]) deepEqual((await allPages(list, limit)).flat(), numbersDown(9));
    const first = await list({ limit: 3 });
    await elsewhere.putCheckpoint(checkpoint(10));
    await elsewhere.removeCheckpoints('job', [8, 7]);
    deepEqual((await list(after(first))).items, numbersDown(6));
  }),
  storeCase('pages of events join to the whole list, also where many have the same time', async (store, elsewhere) => {
    // Its place in the order of appending is not that of its time.
    await store.appendEvent(event('first', { at: timeAfter(5) }));
    for (let index = 0; index < 9; index += 1) await store.appendEvent(event(`e${index}`, { at: timeAfter(Math.floor(index / 4)) }));
    await store.appendEvent(event('elsewhere', { job: 'other' }));
    const list = (query: RecordQuery) => store.listEvents('job', query);
    const whole = (await list({})).items;
    deepEqual(
      whole.map(({ type }) => type),
      ['first', 'e8', 'e7', 'e6', 'e5', 'e4', 'e3', 'e2', 'e1', 'e0'],
    );
    for (const limit of [1, 4, 9, 10]) deepEqual((await allPages(list, limit)).flat(), whole);
    const first = await list({ limit: 3 });
    await elsewhere.appendEvent(event('late', { at: timeAfter(9) }));
    await elsewhere.appendEvent(event('early', { at: timeAfter(-9) }));
    deepEqual((await list(after(first))).items, [...whole.slice(3), event('early', { at: timeAfter(-9) })]);
  }),
  storeCase('who reads page by page while others write meets each record of the start once', async (store, elsewhere) => {
    const first = Array.from({ length: 30 }, (_, index) => `job-${String(index).padStart(2, '0')}`);
    await Promise.all(first.map((name, index) => store.putJob(job(name, { updatedAt: timeAfter(index % 3) }))));
    await Promise.all(first.map((_, index) => store.putCheckpoint(checkpoint(10 * index))));
    await Promise.all(first.map((name, index) => store.appendEvent(event(name, { at: timeAfter(index % 3) }))));
    let written = 0;
    const busy = async <T>(read: Promise<T>): Promise<T> => {
      written += 1;
      const at = timeAfter((written % 5) - 1);
      const [page] = await Promise.all([
        read,
        elsewhere.putJob(job(`job-${written}-new`, { updatedAt: at })),
        elsewhere.putCheckpoint(checkpoint(30 * written - 1)),
        elsewhere.appendEvent(event(`new-${written}`, { at })),
      ]);
      return page;
    };
    const jobs = (await allPages((query) => busy(store.listJobs(query)), 4)).flat().map(({ job: name }) => name);
    deepEqual(jobs.filter((name) => first.includes(name)).toSorted(), first);
    const numbers = (await allPages((query) => busy(store.listCheckpoints('job', query)), 4)).flat().map(({ number }) => number);
    deepEqual(
      numbers.filter((number) => number % 10 === 0),
      first.map((_, index) => 10 * (first.length - 1 - index)),
    );
    const types = (await allPages((query) => busy(store.listEvents('job', query)), 4)).flat().map(({ type }) => type);
    deepEqual(types.filter((type) => first.includes(type)).toSorted(), first);
    for (const all of [jobs, numbers, types]) equal(new Set<unknown>(all).size, all.length);
  }),
  storeCase('a page of checkpoints or events holds 100 where no limit is given', async (store) => {
    for (let index = 0; index < 101; index += 1) {
      await store.putCheckpoint(checkpoint(index));
      await store.appendEvent(event(`e${index}`, { at: timeAfter(index) }));
    }
    for (const list of [(query: RecordQuery) => store.listCheckpoints('job', query), (query: RecordQuery) => store.listEvents('job', query)]) {
      const page: Page<unknown> = await list({});
      equal(page.items.length, 100);
      const last: Page<unknown> = await list(after(page));
      deepEqual([last.items.length, last.nextCursor], [1, undefined]);
    }
  }),
  storeCase('a limit that is out of range, a broken cursor and one of another list are refused', async (store) => {
    for (const number of [1, 2]) {
      await store.putJob(job(`job-${number}`));
      await store.putCheckpoint(checkpoint(number));
      await store.appendEvent(event(`e${number}`));
    }
    const cursors = await Promise.all([
      store.listJobs({ limit: 1 }),
      store.listCheckpoints('job', { limit: 1 }),
      store.listEvents('job', { limit: 1 }),
    ]);
    const [ofJobs, ofCheckpoints, ofEvents] = cursors.map(({ nextCursor = '' }) => nextCursor);
    ok(ofJobs !== undefined && ofCheckpoints !== undefined && ofEvents !== undefined);
    for (const query of [{ limit: 0 }, { limit: -1 }, { limit: 1001 }, { limit: 2.5 }, { cursor: 'x' }, { cursor: '' }]) {
      await assertRejects(store.listCheckpoints('job', query), { kind: 'invalid-argument' });
      await assertRejects(store.listEvents('job', query), { kind: 'invalid-argument' });
    }
    for (const cursor of [ofJobs, ofEvents]) await assertRejects(store.listCheckpoints('job', { cursor }), { kind: 'invalid-argument' });
    for (const cursor of [ofJobs, ofCheckpoints]) await assertRejects(store.listEvents('job', { cursor }), { kind: 'invalid-argument' });
    for (const cursor of [ofCheckpoints, ofEvents]) await assertRejects(store.listJobs({ cursor }), { kind: 'invalid-argument' });
  }),
  storeCase('totals count jobs by status, snapshots and bytes, of all or of one repository', async (store, elsewhere) => {
    deepEqual(await store.totals(), { jobs: { running: 0, interrupted: 0, succeeded: 0, failed: 0 }, snapshots: 0, storedBytes: 0 });
    await store.putJob(job('a'));
    await store.putJob(job('b', { status: 'failed' }));
    await store.putJob(job('c', { status: 'failed', repositoryId: 'repository-2' }));
    await elsewhere.putJob(job('b', { status: 'succeeded' }));
    for (const name of ['a', 'c']) await store.putCheckpoint(checkpoint(1, { job: name, storedBytes: 2 ** 45 + 1 }));
    await store.putCheckpoint(checkpoint(2, { job: 'c', storedBytes: 5 }));
    await store.putCheckpoint(checkpoint(1, { job: 'gone', storedBytes: 7 }));
    const jobs = { running: 1, interrupted: 0, succeeded: 1, failed: 1 };
    deepEqual(await elsewhere.totals(), { jobs, snapshots: 3, storedBytes: 2 ** 46 + 7 });
    const second = { running: 0, interrupted: 0, succeeded: 0, failed: 1 };
    deepEqual(await elsewhere.totals({ repositoryId: 'repository-2' }), { jobs: second, snapshots: 2, storedBytes: 2 ** 45 + 6 });
    await store.removeJob('c');
    await store.removeCheckpoints('a', [1]);
    deepEqual(await store.totals(), { jobs: { ...jobs, failed: 0 }, snapshots: 0, storedBytes: 0 });
  }),
];

function after({ nextCursor }: Page<unknown>): RecordQuery {
  return nextCursor === undefined ? { limit: 1 } : { cursor: nextCursor };
}

function numbersDown(from: number): ReturnType<typeof checkpoint>[] {
  return Array.from({ length: from }, (_, index) => checkpoint(from - index));
}

async function allPages<T>(list: (query: RecordQuery) => Promise<Page<T>>, limit: number): Promise<readonly (readonly T[])[]> {
  const pages: (readonly T[])[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await list(cursor === undefined ? { limit } : { limit, cursor });
    pages.push(page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}
