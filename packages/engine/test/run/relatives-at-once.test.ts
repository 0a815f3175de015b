import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownProcessIdentity } from '../../src/container/process-identity.js';
import { type OwnPaths, refuseBesideRelatives } from '../../src/run/relatives.js';
import { readRunRecord, type RunRecord, runDirectory, writeRunRecord } from '../../src/run/run-record.js';

const owner = ownProcessIdentity();
const refused = { code: 'HF_RESTORE_REFUSED' };
let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'holdfast-relatives-'));
});
afterEach(() => rm(state, { recursive: true }));

function recordOf(job: string, more: Partial<RunRecord> = {}): RunRecord {
  const folders = { folders: [], stagingFolders: [] };
  return {
    version: 1,
    job,
    attempt: job,
    repositoryId: 'r',
    containerId: `c-${job}`,
    owner,
    startedAt: '',
    family: [job, 'base'],
    ...folders,
    ...more,
  };
}

async function write(record: RunRecord): Promise<void> {
  await writeRunRecord(runDirectory(state, record.attempt), record);
}

/** As a run does: it says who it is, looks, and says where its files are, before it waits or else when it goes on. */
async function start(job: string, path: string): Promise<void> {
  await write(recordOf(job));
  const say = (): Promise<void> => write(recordOf(job, { paths: [path] }));
  try {
    await refuseBesideRelatives(state, job, [job, 'base'], async () => {
      await say();
      return { paths: [path], writesOutside: false };
    });
    await say();
  } catch (error) {
    await rm(runDirectory(state, job), { recursive: true });
    throw error;
  }
}

test('relatives in directories of their own that start at the same moment all run; of those that share one at most one does', async () => {
  const apart = await Promise.allSettled(['base', 'a', 'b'].map((job) => start(job, `/data/${job}`)));
  expect(apart.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  await rm(join(state, 'runs'), { recursive: true, force: true });
  const shared = await Promise.allSettled(['a', 'b'].map((job) => start(job, '/data')));
  const failed = shared.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  expect(failed.length).toBeGreaterThan(0);
  for (const error of failed) expect(error).toMatchObject(refused);
});

const ownPaths = (writesOutside: boolean) => (): Promise<OwnPaths> => Promise.resolve({ paths: ['/data/a'], writesOutside });

test.each([
  ['says that its files are elsewhere', () => write(recordOf('b', { paths: ['/data/b'] })), undefined],
  ['says that they are the same', () => write(recordOf('b', { paths: ['/data'] })), refused],
  ['ends', () => rm(runDirectory(state, 'b'), { recursive: true }), undefined],
  ['dies', () => write(recordOf('b', { owner: { ...owner, startTicks: 1 } })), undefined],
])('a relative that has just started is waited for until it %s', async (_what, then, expected) => {
  await write(recordOf('b'));
  const looked = refuseBesideRelatives(state, 'a', ['a', 'base'], async () => {
    setTimeout(() => void then(), 150);
    return ownPaths(false)();
  });
  await (expected === undefined ? expect(looked).resolves.toBeUndefined() : expect(looked).rejects.toMatchObject(expected));
});

test('one that never says it is refused in the end, and at once where that cannot help; the wait is given up when it is told to', async () => {
  await write(recordOf('b'));
  const look = (own: () => Promise<OwnPaths | undefined>, wait: { readonly waitMs?: number; readonly signal?: AbortSignal } = {}): Promise<void> =>
    refuseBesideRelatives(state, 'a', ['a', 'base'], own, wait);
  await expect(look(ownPaths(false), { waitMs: 120 })).rejects.toMatchObject(refused);
  await expect(look(ownPaths(true))).rejects.toMatchObject(refused);
  await expect(look(() => Promise.resolve(undefined))).rejects.toMatchObject(refused);
  await expect(look(ownPaths(false), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  expect(await readRunRecord(runDirectory(state, 'b'))).toEqual(recordOf('b'));
});
