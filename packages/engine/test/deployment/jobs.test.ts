import { hostname } from 'node:os';
import {
  type AttemptRecord,
  type CheckpointStore,
  HoldfastError,
  type JobQuery,
  type JobRecord,
  type Lease,
  type MetadataStore,
  silentLogger,
} from '@holdfast/core';
import { expect, test } from 'vitest';
import { createJobs } from '../../src/deployment/jobs.js';

const record: JobRecord = {
  job: 'align-7',
  repositoryId: 'mine',
  command: ['./align.sh'],
  workingDirectory: '/data',
  status: 'succeeded',
  labels: {},
  createdAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-20T10:00:00.000Z',
  exitCode: 0,
};

const attempt: AttemptRecord = {
  job: 'align-7',
  attempt: 'a1',
  epoch: 1,
  host: hostname(),
  pid: 7,
  startedAt: '2026-11-20T10:00:00.000Z',
  endedAt: undefined,
  resumedFrom: undefined,
  outcome: 'running',
  exitCode: undefined,
};

/** A lease of an attempt on another machine, that lasts for so long still. */
function leaseOf(name: string, lastsMs: number): Lease {
  const holder = { attempt: name, host: 'elsewhere', bootId: 'b', pid: 1, startTicks: 1 };
  return { job: 'align-7', holder, term: 1, acquiredAt: '2026-11-20T10:00:00.000Z', expiresAt: new Date(Date.now() + lastsMs).toISOString() };
}

function jobsWith(repositoryId: string | HoldfastError, known: JobRecord | undefined = record, lease?: Lease, away?: HoldfastError) {
  const queries: JobQuery[] = [];
  const none = () => Promise.resolve([]);
  const emptyPage = () => Promise.resolve({ items: [], nextCursor: undefined });
  const catalog: Partial<MetadataStore> = {
    getJob: () => Promise.resolve(known),
    currentLease: () => Promise.resolve(lease),
    listAttempts: () => Promise.resolve([{ ...attempt, attempt: 'a2' }, attempt, { ...attempt, attempt: 'a0', outcome: 'interrupted' }]),
    listCheckpoints: emptyPage,
    listEvents: emptyPage,
    listJobs: (query = {}) => {
      queries.push(query);
      return Promise.resolve({ items: [record], nextCursor: undefined });
    },
  };
  const state = { epoch: undefined, newest: undefined, sources: [] };
  const jobs = createJobs({
    stateDirectory: '/none',
    graceMs: 0,
    leaseTtlMs: 30_000,
    logger: silentLogger,
    catalog: () => (away === undefined ? Promise.resolve(catalog as MetadataStore) : Promise.reject(away)),
    store: () => {
      if (typeof repositoryId !== 'string') return Promise.reject(repositoryId);
      const store = { repositoryId, state: () => Promise.resolve(state), list: none, jobs: () => Promise.resolve(['align-7', 'bwa-1', 'bwa-2']) };
      return Promise.resolve(store as unknown as CheckpointStore);
    },
  });
  return { jobs, queries };
}

test('the list asks for the jobs of the storage that is open', async () => {
  const { jobs, queries } = jobsWith('mine');
  expect(await jobs.list({ prefix: 'al' })).toEqual({ items: [record], nextCursor: undefined, warning: undefined });
  expect(queries).toEqual([{ prefix: 'al', repositoryId: 'mine' }]);
});

test('jobs of the storage that the catalog does not know are named, where the list is of all', async () => {
  const { jobs } = jobsWith('mine');
  expect((await jobs.list()).warning).toContain('does not know: bwa-1, bwa-2;');
  expect((await jobs.list({ prefix: 'bwa-2' })).warning).toContain('does not know: bwa-2;');
  expect((await jobs.list({ status: 'failed' })).warning).toBeUndefined();
  expect((await jobs.list({ cursor: 'x' })).warning).toBeUndefined();
});

test('the list is of every storage, and says why, where this one cannot be opened', async () => {
  const { jobs, queries } = jobsWith(new HoldfastError('HF_STORAGE_MISSING', { kind: 'not-found', message: "'/gone' is not there" }));
  expect((await jobs.list({ prefix: 'al' })).warning).toContain("'/gone' is not there");
  expect(queries).toEqual([{ prefix: 'al' }]);
});

test('an abort is no reason to list everything', async () => {
  const { jobs } = jobsWith(new HoldfastError('HF_ABORTED', { kind: 'aborted', message: 'aborted' }));
  await expect(jobs.list()).rejects.toMatchObject({ code: 'HF_ABORTED' });
});

test('a job that the catalog knows in this storage is shown', async () => {
  expect((await jobsWith('mine').jobs.show('align-7')).record).toEqual(record);
});

test.each([
  { holder: 'nobody', lease: undefined, outcomes: ['lost', 'lost', 'interrupted'] },
  { holder: 'an attempt that is alive', lease: leaseOf('a2', 60_000), outcomes: ['running', 'lost', 'interrupted'] },
  { holder: 'an attempt that is dead', lease: leaseOf('a2', -1), outcomes: ['lost', 'lost', 'interrupted'] },
])('an attempt that was killed is lost, where the job is held by $holder', async ({ lease, outcomes }) => {
  const { attempts } = await jobsWith('mine', record, lease).jobs.show('align-7');
  expect(attempts.map(({ outcome }) => outcome)).toEqual(outcomes);
});

test('a job that the catalog knows in another storage only is missing here', async () => {
  await expect(jobsWith('other').jobs.show('align-7')).rejects.toMatchObject({ code: 'HF_JOB_MISSING' });
});

test('where neither the storage nor the catalog answers, both are told of', async () => {
  const gone = new HoldfastError('HF_STORAGE_MISSING', { message: "'/gone' is not there", kind: 'not-found', hint: 'mount it' });
  const away = new HoldfastError('HF_CATALOG_UNAVAILABLE', { message: 'the catalog lets nobody in', kind: 'unavailable', hint: 'give a password' });
  const { jobs } = jobsWith(gone, record, undefined, away);
  await expect(jobs.list()).rejects.toMatchObject({
    code: 'HF_STORAGE_MISSING',
    message: "'/gone' is not there; and the catalog lets nobody in",
    hint: 'mount it; give a password',
  });
});
