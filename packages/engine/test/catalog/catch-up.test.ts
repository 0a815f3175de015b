import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointStore, HoldfastError, type JobRecord, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { applyWrite } from '../../src/catalog/catalog-write.js';
import { catchUp } from '../../src/catalog/journal/catch-up.js';
import { JournalFile } from '../../src/catalog/journal/journal-file.js';
import { ownJournalName } from '../../src/catalog/journal/journal-name.js';
import { type CatalogPlace, catalogPlace } from './place.js';

const key = '0123456789abcdef';
const at = (second: number): string => new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();

function record(repositoryId: string, fields: Partial<JobRecord> = {}): JobRecord {
  const identity = { job: 'job', repositoryId, command: ['./x'], workingDirectory: '/data', labels: {} };
  return { ...identity, status: 'running', createdAt: at(1), updatedAt: at(1), exitCode: undefined, ...fields };
}

/** A journal that a process left, of a run that began then. */
async function leave(folder: string, sinceMs: number, repositoryId: string, records: readonly JobRecord[]): Promise<void> {
  const file = new JournalFile(folder, ownJournalName(key, sinceMs));
  for (const each of records) await file.append({ repositoryId }, { write: 'job', record: each });
  await file.leave();
}

async function catchUpIn({ store, catalog }: CatalogPlace, folder: string): Promise<void> {
  await catchUp({ folder, key, catalog, store: () => Promise.resolve(store), logger: silentLogger });
}

test('a journal of another storage is not judged by what is in this one', async () => {
  await using place = await catalogPlace();
  const folder = join(place.folder, 'journal');
  await leave(folder, 1, 'other', [record('other')]);
  await catchUpIn(place, folder);
  expect(await place.catalog.getJob('job')).toEqual(record('other'));
});

test('a job of another storage that has the name by now is left alone', async () => {
  await using place = await catalogPlace();
  const folder = join(place.folder, 'journal');
  await place.catalog.putJob(record('other'));
  await place.store.claim('job', { attempt: 'a', host: 'h', pid: 7 }, { kind: 'newest' });
  await leave(folder, 1, place.store.repositoryId, [record(place.store.repositoryId, { updatedAt: at(9) })]);
  await catchUpIn(place, folder);
  expect(await place.catalog.getJob('job')).toEqual(record('other'));
});

const away = new HoldfastError('HF_STORAGE_IO', { message: 'the storage is away', kind: 'unavailable' });

test.each<[string, (store: CheckpointStore) => Promise<CheckpointStore>]>([
  ['does not open', () => Promise.reject(away)],
  ['opens and does not tell of the job', (store) => Promise.resolve(mute(store))],
])('a journal stays while its storage %s, and a job that was removed does not come back by it', async (_, opening) => {
  await using place = await catalogPlace();
  const folder = join(place.folder, 'journal');
  await leave(folder, 1, place.store.repositoryId, [record(place.store.repositoryId)]);
  const context = { folder, key, catalog: place.catalog, logger: silentLogger };
  await expect(catchUp({ ...context, store: () => opening(place.store) })).rejects.toBe(away);
  expect(await place.catalog.getJob('job')).toBeUndefined();
  expect(await readdir(folder)).toHaveLength(1);
  await catchUpIn(place, folder);
  expect(await place.catalog.getJob('job')).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

function mute(store: CheckpointStore): CheckpointStore {
  return new Proxy(store, { get: (target, name): unknown => (name === 'history' ? () => Promise.reject(away) : Reflect.get(target, name, target)) });
}

test('of many journals the oldest is brought over first', async () => {
  await using place = await catalogPlace();
  const folder = join(place.folder, 'journal');
  const ages = [7, 3, 9, 1, 5, 8, 2, 6, 4];
  const told: number[] = [];
  for (const age of ages) await leave(folder, age, 'other', [record('other', { job: `job-${age}` })]);
  const catalog = new Proxy(place.catalog, {
    get: (target, name): unknown => {
      if (name !== 'putJob') return Reflect.get(target, name, target);
      return async (given: JobRecord): Promise<void> => {
        told.push(Number(given.job.slice(4)));
        await target.putJob(given);
      };
    },
  });
  await catchUpIn({ ...place, catalog }, folder);
  expect(told).toEqual(ages.toSorted((a, b) => a - b));
});

test('a record that met a catalog that did not answer for a moment stays, although it answers the next question', async () => {
  await using place = await catalogPlace();
  const folder = join(place.folder, 'journal');
  await leave(folder, 1, 'other', [record('other')]);
  const gone = new HoldfastError('HF_CATALOG_UNAVAILABLE', { message: 'connection reset', kind: 'unavailable' });
  const catalog = new Proxy(place.catalog, {
    get: (target, name): unknown => (name === 'putJob' ? () => Promise.reject(gone) : Reflect.get(target, name, target)),
  });
  await expect(catchUpIn({ ...place, catalog }, folder)).rejects.toBe(gone);
  await catchUpIn(place, folder);
  expect(await place.catalog.getJob('job')).toEqual(record('other'));
});

test('who tells late that earlier attempts are lost says nothing of later ones', async () => {
  await using place = await catalogPlace();
  const { catalog } = place;
  const times = { startedAt: at(1), endedAt: undefined, resumedFrom: undefined, exitCode: undefined };
  const attempt = (epoch: number) => ({ job: 'job', attempt: `a${epoch}`, epoch, host: 'h', pid: 1, outcome: 'running' as const, ...times });
  for (const epoch of [1, 2, 3]) await catalog.putAttempt(attempt(epoch));
  await applyWrite(catalog, { write: 'lost', job: 'job', epoch: 2, at: at(5) });
  const [third, second, first] = await catalog.listAttempts('job');
  expect([third, second]).toEqual([attempt(3), attempt(2)]);
  expect(first).toEqual({ ...attempt(1), outcome: 'lost', endedAt: at(5) });
});
