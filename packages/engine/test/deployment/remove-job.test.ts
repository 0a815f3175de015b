import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckpointStore, HoldfastError, type Lease, type LeaseHolder, type MetadataStore, silentLogger } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownProcessIdentity } from '../../src/container/process-identity.js';
import { removeJob } from '../../src/deployment/remove-job.js';
import { runDirectory, writeRunRecord } from '../../src/run/run-record.js';

let folder = '';
let store: CheckpointStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-remove-'));
  store = await openRepository({ root: folder, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  await commitBytes(store, epoch, undefined, patternBytes(8192, 1));
});
afterEach(() => rm(folder, { recursive: true }));

/** A catalog that knows the job of this repository, or of another; `current`: who has its lease. */
function catalogWith({
  repositoryId = store.repositoryId,
  current,
}: {
  readonly repositoryId?: string;
  readonly current?: Lease | HoldfastError;
} = {}) {
  const log: string[] = [];
  const catalog: Partial<MetadataStore> = {
    getJob: (job) => Promise.resolve(job === 'job' ? ({ job, repositoryId } as Awaited<ReturnType<MetadataStore['getJob']>>) : undefined),
    acquireLease: (job: string, holder: LeaseHolder) => {
      if (current instanceof HoldfastError) return Promise.reject(current);
      if (current !== undefined) return Promise.resolve({ acquired: false, current });
      log.push('lease');
      return Promise.resolve({ acquired: true, lease: { job, holder, term: 1, acquiredAt: '', expiresAt: '' } });
    },
    renewLease: (lease) => Promise.resolve(lease),
    releaseLease: () => Promise.resolve(void log.push('release')),
    removeJob: (job) => Promise.resolve(void log.push(`remove ${job}`)),
  };
  return { log, catalog: catalog as MetadataStore };
}

const remove = (catalog: MetadataStore, job = 'job', force = false) =>
  removeJob(
    {
      stateDirectory: folder,
      leaseTtlMs: 1000,
      logger: silentLogger,
      store: () => Promise.resolve(store),
      catalog: () => Promise.resolve(catalog),
      isContainerAlive: (containerId) => Promise.resolve(containerId === 'alive'),
    },
    job,
    force,
    {},
  );

test('a job is removed from the storage, then from the catalog, under its lease', async () => {
  const { catalog, log } = catalogWith();
  expect(await remove(catalog)).toMatchObject({ job: 'job', snapshots: 1, warning: undefined });
  expect(await store.jobs()).toEqual([]);
  expect(log).toEqual(['lease', 'remove job', 'release']);
});

test('what the catalog still knows of a job that is gone is removed; of another storage nothing', async () => {
  await store.remove('job', { attempt: 'r', host: 'h', pid: 1 });
  const { catalog, log } = catalogWith();
  expect(await remove(catalog)).toMatchObject({ snapshots: 0, freedBytes: 0 });
  expect(log).toContain('remove job');
  const elsewhere = catalogWith({ repositoryId: 'another' });
  await expect(remove(elsewhere.catalog)).rejects.toMatchObject({ code: 'HF_JOB_MISSING' });
  expect(elsewhere.log).toEqual([]);
});

test('a job that runs is not removed: by its lease, or on this machine without one, or where nobody can tell', async () => {
  const holder = { attempt: 'b', host: hostname(), ...ownProcessIdentity() };
  const lease = { job: 'job', holder, term: 1, acquiredAt: '2026-01-02T03:04:05.000Z', expiresAt: '2026-01-02T03:04:35.000Z' };
  await expect(remove(catalogWith({ current: lease }).catalog, 'job', true)).rejects.toMatchObject({ code: 'HF_JOB_HELD' });
  const silent = new HoldfastError('HF_CATALOG_UNAVAILABLE', { message: 'no answer', kind: 'unavailable' });
  await expect(remove(catalogWith({ current: silent }).catalog, 'job', true)).rejects.toMatchObject({
    code: 'HF_CATALOG_UNAVAILABLE',
    message: expect.stringContaining('nobody knows whether it runs') as string,
  });
  const record = {
    version: 1,
    job: 'job',
    attempt: 'b',
    repositoryId: store.repositoryId,
    containerId: 'none',
    owner: ownProcessIdentity(),
  } as const;
  await writeRunRecord(runDirectory(folder, 'b'), { ...record, startedAt: '2026-01-02T03:04:05.000Z', folders: [], stagingFolders: [] });
  const { catalog, log } = catalogWith();
  await expect(remove(catalog, 'job', true)).rejects.toMatchObject({
    code: 'HF_JOB_HELD',
    message: expect.stringContaining('this machine') as string,
  });
  expect(log).toEqual([]);
  expect((await store.state('job')).newest).toBe(1);
});

test('a refused removal frees the lease, and the catalog keeps what it knows', async () => {
  await store.fork({ job: 'job' }, 'fork', { attempt: 'f', host: 'h', pid: 1 });
  const { catalog, log } = catalogWith();
  await expect(remove(catalog)).rejects.toMatchObject({
    code: 'HF_JOB_PINNED',
    message: expect.stringContaining('fork was forked from it') as string,
  });
  expect(log).toEqual(['lease', 'release']);
});

test('a job whose holdfast was killed is not removed while its processes run; once they are gone it is', async () => {
  const killed = { ...ownProcessIdentity(), startTicks: 1 };
  const record = { version: 1, job: 'job', attempt: 'b', repositoryId: store.repositoryId, owner: killed } as const;
  const rest = { startedAt: '2026-01-02T03:04:05.000Z', folders: [], stagingFolders: [] };
  await writeRunRecord(runDirectory(folder, 'b'), { ...record, ...rest, containerId: 'alive' });
  await expect(remove(catalogWith().catalog)).rejects.toMatchObject({ code: 'HF_JOB_HELD' });
  expect(await store.jobs()).toEqual(['job']);
  await writeRunRecord(runDirectory(folder, 'b'), { ...record, ...rest, containerId: 'dead' });
  expect(await remove(catalogWith().catalog)).toMatchObject({ snapshots: 1 });
});
