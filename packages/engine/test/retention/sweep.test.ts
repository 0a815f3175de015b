import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { type CheckpointStore, type CheckpointSummary, type MetadataStore, parseDeploymentConfig, silentLogger, systemClock } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownProcessIdentity } from '../../src/container/process-identity.js';
import { sweep } from '../../src/retention/sweep.js';
import type { SweepReport, SweepRequest } from '../../src/retention/types.js';

const dayMs = 86_400_000;
let directory: string;
let store: CheckpointStore;
let catalog: MetadataStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-sweep-'));
  await mkdir(join(directory, 'root'));
  store = await openRepository({ root: join(directory, 'root'), create: true });
  catalog = await sqlite().open({ type: 'sqlite', path: join(directory, 'catalog.sqlite') });
});
afterEach(async () => {
  await catalog[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** A job of snapshots of 40 pages that share nothing. */
async function aJob(job: string, snapshots: number, exitCode?: number): Promise<void> {
  const epoch = await store.claim(job, { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  let parent: CheckpointSummary | undefined;
  for (let count = 0; count < snapshots; count += 1)
    parent = await commitBytes(store, epoch, parent, patternBytes(40 * 4096, count + job.length * 100));
  if (exitCode !== undefined) await store.end(epoch, { exitCode, endedAt: new Date().toISOString() });
}

function sweepWith(retention: Readonly<Record<string, unknown>>, request: SweepRequest = {}, afterMs = 0): Promise<SweepReport> {
  const config = parseDeploymentConfig({ retention: { grace: '1ms', ...retention } });
  const clock = { ...systemClock, now: () => new Date(Date.now() + afterMs) };
  return sweep({ store, catalog: () => Promise.resolve(catalog), config, clock, logger: silentLogger }, request, {});
}

function told({ jobs }: SweepReport): Readonly<Record<string, string>> {
  return Object.fromEntries(jobs.map(({ job, removed }) => [job, removed.map(({ number, reason }) => `${number} ${reason}`).join(', ')]));
}

async function left(): Promise<Readonly<Record<string, readonly number[]>>> {
  const jobs = await store.jobs();
  return Object.fromEntries(await Promise.all(jobs.map(async (job) => [job, (await store.list(job)).map(({ number }) => number)] as const)));
}

function lease(job: string, attempt: string): ReturnType<MetadataStore['acquireLease']> {
  return catalog.acquireLease(job, { attempt, host: hostname(), ...ownProcessIdentity() }, 60_000);
}

test('each job keeps what its end and its age say, each removal with its reason', async () => {
  await aJob('good', 3, 0);
  await aJob('bad', 3, 9);
  await aJob('open', 3);
  await aJob('silent', 3);
  await lease('open', 'a');
  const retention = { keepLast: 2, keepAfterSuccess: 0, keepAfterFailure: 1, abandonedAfter: '30d' };
  const dry = await sweepWith(retention, { dryRun: true }, 40 * dayMs);
  expect(await left()).toEqual({ good: [3, 2, 1], bad: [3, 2, 1], open: [3, 2, 1], silent: [3, 2, 1] });
  const report = await sweepWith(retention, {}, 40 * dayMs);
  expect(told(report)).toEqual({
    bad: '2 keepAfterFailure, 1 keepAfterFailure',
    good: '3 keepAfterSuccess, 2 keepAfterSuccess, 1 keepAfterSuccess',
    open: '1 keepLast',
    silent: '3 abandonedAfter, 2 abandonedAfter, 1 abandonedAfter',
  });
  expect([told(dry), dry.dryRun, dry.freedBytes]).toEqual([told(report), true, 0]);
  expect(await left()).toEqual({ good: [], bad: [3], open: [3, 2], silent: [] });
  expect((await sweepWith(retention, {}, 40 * dayMs)).freedBytes + report.freedBytes).toBeGreaterThan(5 * 40 * 4096);
  expect(report.skipped).toBeUndefined();
});

test('one job is swept alone, without its newest snapshot being given up where the catalog does not answer', async () => {
  await aJob('one', 3);
  await aJob('two', 3);
  await catalog[Symbol.asyncDispose]();
  const report = await sweepWith({ keepLast: 1, abandonedAfter: '1d' }, { job: 'one' }, 40 * dayMs).catch((error: unknown) => error);
  expect(report).toMatchObject({ jobs: [{ job: 'one', removed: [{ number: 2, reason: 'keepLast' }, { number: 1 }] }] });
  expect(await left()).toEqual({ one: [3], two: [3, 2, 1] });
  await expect(sweepWith({}, { job: 'none' })).rejects.toMatchObject({ code: 'HF_JOB_MISSING' });
});

test('while another node sweeps, or where the catalog does not answer, nothing is done', async () => {
  await aJob('one', 3);
  const held = await lease(`.sweep.${store.repositoryId}`, 'another');
  const report = await sweepWith({ keepLast: 1 });
  expect([report.skipped, report.jobs]).toEqual([expect.stringContaining(`process ${process.pid} on`), []]);
  if (held.acquired) await catalog.releaseLease(held.lease);
  await catalog[Symbol.asyncDispose]();
  expect((await sweepWith({ keepLast: 1 })).skipped).toContain('does not answer');
  expect(await left()).toEqual({ one: [3, 2, 1] });
});

test('of sweeps at the same time one does the work, and the lease is free after it', async () => {
  await aJob('one', 3);
  const reports = await Promise.all([sweepWith({ keepLast: 1 }), sweepWith({ keepLast: 1 }), sweepWith({ keepLast: 1 })]);
  expect(reports.filter(({ skipped }) => skipped === undefined).length).toBeGreaterThanOrEqual(1);
  expect(await left()).toEqual({ one: [3] });
  expect(await catalog.currentLease(`.sweep.${store.repositoryId}`)).toBeUndefined();
});

test('maxBytes takes the oldest first, and never the newest of a job that has not ended', async () => {
  await aJob('first', 2, 0);
  await aJob('second', 3);
  const pages = (count: number): string => `${count * 41 * 4096}B`;
  const retention = { keepLast: 3, maxBytes: pages(3) };
  const dry = await sweepWith(retention, { dryRun: true });
  const report = await sweepWith(retention);
  expect(told(report)).toEqual({ first: '2 maxBytes, 1 maxBytes', second: '' });
  expect([told(dry), dry.overBytes, report.overBytes]).toEqual([told(report), 0, 0]);
  const tight = await sweepWith({ ...retention, maxBytes: '4KiB' });
  expect(told(tight)).toEqual({ first: '', second: '2 maxBytes, 1 maxBytes' });
  expect(tight.overBytes).toBeGreaterThan(30 * 4096);
  expect(await left()).toEqual({ first: [], second: [3] });
});

test('a job that cannot be swept is named and stops nobody, and the catalog forgets what was removed', async () => {
  await aJob('broken', 2);
  await aJob('whole', 2);
  const epochs = join(directory, 'root/jobs/broken/epochs');
  for (const file of await readdir(epochs)) await writeFile(join(epochs, file), 'x');
  const manifests = join(directory, 'root/jobs/broken/manifests');
  for (const file of await readdir(manifests)) await writeFile(join(manifests, file), 'x');
  await catalog.putCheckpoint({
    job: 'whole',
    number: 1,
    epoch: 1,
    attempt: 'a',
    createdAt: new Date().toISOString(),
    freezeMs: 1,
    logicalBytes: 1,
    storedBytes: 1,
  });
  const { jobs } = await sweepWith({ keepLast: 1 });
  expect(jobs.map(({ job, problem }) => [job, problem === undefined])).toEqual([
    ['broken', false],
    ['whole', true],
  ]);
  expect(await left().catch(() => ({ whole: [2] }))).toMatchObject({ whole: [2] });
  expect((await catalog.listCheckpoints('whole')).items).toEqual([]);
});

test('a prune that removes nothing still brings a catalog in line that names what is gone', async () => {
  await aJob('one', 2);
  const record = { job: 'one', epoch: 1, attempt: 'a', createdAt: new Date().toISOString(), freezeMs: 1, logicalBytes: 1, storedBytes: 1 };
  for (const number of [1, 2]) await catalog.putCheckpoint({ ...record, number });
  await store.prune('one', { keep: 1, graceMs: 0 });
  const numbers = async (): Promise<readonly number[]> => (await catalog.listCheckpoints('one')).items.map(({ number }) => number);
  await sweepWith({ keepLast: 1 }, { dryRun: true });
  expect(await numbers()).toEqual([2, 1]);
  expect(told(await sweepWith({ keepLast: 1 }))).toEqual({ one: '' });
  expect(await numbers()).toEqual([2]);
});
