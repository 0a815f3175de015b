import { join } from 'node:path';
import type { CheckpointStore, CheckpointSummary } from '@holdfast/core';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from './fixture.js';

const snapshots = 20;
const page = 4096;

/** Every operation that asks the file system for something, with its path; syncs cost time and change nothing here. */
function noted(): { readonly files: FileOperations; readonly log: string[] } {
  const real = createFileOperations();
  const log: string[] = [];
  const noting =
    <Given extends readonly unknown[], Result>(name: string, work: (path: string, ...given: Given) => Promise<Result>) =>
    (path: string | Uint8Array, ...given: Given): Promise<Result> => {
      log.push(`${name} ${Buffer.from(path).toString()}`);
      return work(Buffer.from(path).toString(), ...given);
    };
  const files: FileOperations = {
    open: async (path, access) => {
      log.push(`open ${Buffer.from(path).toString()}`);
      const file = await real.open(path, access);
      return {
        ...file,
        read: (target, position) => {
          log.push(`read ${Buffer.from(path).toString()}`);
          return file.read(target, position);
        },
        sync: () => Promise.resolve(),
      };
    },
    syncDirectory: () => Promise.resolve(),
    rename: noting('rename', real.rename),
    link: noting('link', real.link),
    remove: noting('remove', real.remove),
    makeDirectory: noting('mkdir', real.makeDirectory),
    removeDirectory: noting('rmdir', real.removeDirectory),
    inspect: noting('inspect', real.inspect),
    list: noting('list', real.list),
    freeBytes: noting('free', real.freeBytes),
  };
  return { files, log };
}

async function fill(store: CheckpointStore, job: string): Promise<void> {
  const epoch = await store.claim(job, { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  let parent: CheckpointSummary | undefined;
  for (let seed = 1; seed <= snapshots; seed += 1) parent = await commitBytes(store, epoch, parent, patternBytes(page, seed));
}

const calls: Readonly<Record<string, (store: CheckpointStore) => Promise<unknown>>> = {
  state: (store) => store.state('job-7'),
  list: (store) => store.list('job-7'),
  usage: (store) => store.usage('job-7'),
  restore: async (store) => {
    await using reader = await store.open({ job: 'job-7', number: snapshots });
    expect(Buffer.from(await reader.read('memory')).equals(patternBytes(page, snapshots))).toBe(true);
  },
  verify: (store) => store.verify('job-7'),
  prune: (store) => store.prune('job-7', { keep: 10, graceMs: 0 }),
  'prune by default': (store) => store.prune('job-7', { keep: 5 }),
  fork: (store) => store.fork({ job: 'job-7' }, 'new', { attempt: 'f', host: 'h', pid: 1 }),
  claim: (store) => store.claim('job-7', { attempt: 'b', host: 'h', pid: 1 }, { kind: 'newest' }),
};

/** How many operations each call takes, by kind; and that none of them looks at another job. */
async function costs(root: string, jobs: number): Promise<Readonly<Record<string, unknown>>> {
  const { files, log } = noted();
  const store = await openRepositoryWith({ root, create: true }, { files });
  for (let job = 8 - Math.min(jobs, 8); job < 8 - Math.min(jobs, 8) + jobs; job += 1) await fill(store, `job-${job}`);
  const found: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(calls)) {
    log.length = 0;
    await call(store);
    const elsewhere = log.filter(
      (line) => line.includes(join(root, 'jobs', 'job-')) && !line.includes(join(root, 'jobs', 'job-7/')) && !line.endsWith('job-7'),
    );
    expect(elsewhere, name).toEqual([]);
    const counts = new Map<string, number>();
    for (const line of log) counts.set(line.split(' ')[0] ?? '', (counts.get(line.split(' ')[0] ?? '') ?? 0) + 1);
    found[name] = Object.fromEntries(counts);
  }
  return found;
}

test('with 1,000 snapshots of 50 jobs each call on one job takes the operations that it takes on that job alone', async () => {
  await using alone = await temporaryPlace();
  await using crowd = await temporaryPlace();
  const few = await costs(alone.root, 1);
  expect(await costs(crowd.root, 50)).toEqual(few);
  expect(few).toHaveProperty('prune.remove');
}, 300_000);

test('a prune after each snapshot takes the same operations, however many snapshots there were before', async () => {
  await using place = await temporaryPlace();
  const { files, log } = noted();
  const store = await openRepositoryWith({ root: place.root, create: true }, { files });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const counts: number[] = [];
  let parent: CheckpointSummary | undefined;
  for (let seed = 1; seed <= 60; seed += 1) {
    parent = await commitBytes(store, epoch, parent, patternBytes(page, seed));
    log.length = 0;
    await store.prune('job', { keep: 3, graceMs: 0 });
    counts.push(log.length);
  }
  expect(new Set(counts.slice(10)).size, counts.join(' ')).toBe(1);
});
