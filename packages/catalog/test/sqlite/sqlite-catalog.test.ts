import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqlite } from '@holdfast/catalog/sqlite';
import { assertRejects } from '@holdfast/testkit/contract';
import { afterEach, expect, test, vi } from 'vitest';
import { checkpoint, job } from '../records.js';
import { sqliteFixture } from './fixture.js';

const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });

afterEach(() => {
  vi.useRealTimers();
});

test('the file, what SQLite puts beside it, and its directory are the owner’s alone', async () => {
  await using fixture = await sqliteFixture();
  await using store = await fixture.open();
  await store.acquireLease('job', holder('a'), 1000);
  for (const suffix of ['', '-wal', '-shm']) expect((await stat(`${fixture.path}${suffix}`)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(fixture.path))).mode & 0o777).toBe(0o700);
});

test('leases go by the database’s clock, not by the caller’s', async () => {
  await using fixture = await sqliteFixture();
  await using store = await fixture.open();
  await store.acquireLease('job', holder('a'), 3_600_000);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
  expect((await store.acquireLease('job', holder('b'), 1000)).acquired).toBe(false);
});

test('of a removed job no row stays but that of its lease', async () => {
  await using fixture = await sqliteFixture();
  await using store = await fixture.open();
  await store.putJob({ ...job, labels: { team: 'a', size: 'big' } });
  await store.putCheckpoint(checkpoint);
  await store.acquireLease('job', holder('a'), 1000);
  await store.removeJob('job');
  using database = new DatabaseSync(fixture.path);
  const tables = ['hf_jobs', 'hf_job_labels', 'hf_attempts', 'hf_checkpoints', 'hf_events', 'hf_leases'];
  const counts = tables.map((table) => [table, database.prepare(`select count(*) as rows from ${table}`).get()?.['rows']]);
  expect(Object.fromEntries(counts)).toEqual({ ...Object.fromEntries(tables.map((table) => [table, 0])), hf_leases: 1 });
});

test('a file that is no database is corrupt, stays as it is, and the remedy names it', async () => {
  await using fixture = await sqliteFixture();
  const garbage = 'these are notes, not a database\n'.repeat(100);
  await mkdir(dirname(fixture.path), { recursive: true });
  await writeFile(fixture.path, garbage);
  const error = await assertRejects(fixture.open(), { code: 'HF_CATALOG_CORRUPT', kind: 'corrupt' });
  expect(error.hint).toContain(`move ${fixture.path} away`);
  expect(await readFile(fixture.path, 'utf8')).toBe(garbage);
});

test('a database with damaged pages is corrupt', async () => {
  await using fixture = await sqliteFixture();
  {
    await using store = await fixture.open();
    for (let number = 0; number < 200; number += 1) await store.putCheckpoint({ ...checkpoint, number });
  }
  const bytes = await readFile(fixture.path);
  bytes.fill(0xa5, 4096);
  await writeFile(fixture.path, bytes);
  const use = async () => {
    await using store = await fixture.open();
    await store.listCheckpoints('job');
  };
  await expect(use()).rejects.toMatchObject({ code: 'HF_CATALOG_CORRUPT' });
});

test('a row that was altered is corrupt, not a wrong answer', async () => {
  await using fixture = await sqliteFixture();
  await using store = await fixture.open();
  await store.putCheckpoint(checkpoint);
  alter(fixture.path, "update hf_checkpoints set epoch = 'many'");
  await expect(store.listCheckpoints('job')).rejects.toMatchObject({ code: 'HF_CATALOG_CORRUPT' });
});

test('a catalog of the version before keeps its events, also those that are there twice, and takes none twice from then on', async () => {
  await using fixture = await sqliteFixture();
  await (await fixture.open())[Symbol.asyncDispose]();
  const event = { job: 'job', attempt: 'a', at: checkpoint.createdAt, type: 'once', detail: { n: 1 } };
  const row = `insert into hf_events (job, attempt, at, type, detail) values ('job', 'a', '${event.at}', 'once', '{"n":1}')`;
  const before = [
    'drop index hf_events_once',
    'alter table hf_events drop column digest',
    "delete from hf_migrations where name = '0003-event-digests'",
  ];
  for (const each of [...before, row, row]) alter(fixture.path, each);
  await using store = await fixture.open();
  expect((await store.listEvents('job')).items).toEqual([event, event]);
  for (let call = 0; call < 2; call += 1) await store.appendEvent({ ...event, type: 'new' });
  expect((await store.listEvents('job')).items.map(({ type }) => type)).toEqual(['new', 'once', 'once']);
});

test('a schema of a newer version is refused and left alone', async () => {
  await using fixture = await sqliteFixture();
  await (await fixture.open())[Symbol.asyncDispose]();
  alter(fixture.path, "insert into hf_migrations (name, timestamp) values ('9999-later', '')");
  const error = await assertRejects(fixture.open(), { code: 'HF_FORMAT_NEWER', kind: 'newer-format' });
  expect(error.message).toContain('9999-later');
  alter(fixture.path, "delete from hf_migrations where name = '9999-later'");
  await (await fixture.open())[Symbol.asyncDispose]();
});

test('a path that cannot be opened is unavailable', async () => {
  await using fixture = await sqliteFixture();
  await mkdir(fixture.path, { recursive: true });
  await expect(fixture.open()).rejects.toMatchObject({ code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' });
  const below = { type: 'sqlite', path: '/dev/null/catalog.sqlite' };
  const error = await assertRejects(sqlite().open(below), { code: 'HF_CATALOG_UNAVAILABLE' });
  expect(error.message).toContain(below.path);
});

test('a file that another program keeps locked is unavailable after a while, and meanwhile this process goes on', { timeout: 60_000 }, async () => {
  await using fixture = await sqliteFixture();
  await using store = await fixture.open();
  const other = new DatabaseSync(fixture.path);
  other.exec('begin immediate');
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 10);
  await expect(store.putCheckpoint(checkpoint)).rejects.toMatchObject({ code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' });
  clearInterval(timer);
  // A wait inside SQLite would let none through.
  expect(ticks).toBeGreaterThan(5);
  expect((await store.listCheckpoints('job')).items).toEqual([]);
  other.exec('rollback');
  other.close();
  await store.putCheckpoint(checkpoint);
});

test('an abort ends the wait for a lock', async () => {
  await using fixture = await sqliteFixture();
  await using store = await fixture.open();
  const other = new DatabaseSync(fixture.path);
  other.exec('begin immediate');
  const controller = new AbortController();
  const waiting = store.putCheckpoint(checkpoint, { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  await expect(waiting).rejects.toMatchObject({ code: 'HF_ABORTED', kind: 'aborted' });
  other.close();
  expect((await store.listCheckpoints('job')).items).toEqual([]);
});

function alter(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}
