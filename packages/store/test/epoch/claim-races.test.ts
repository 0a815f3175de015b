import type { CheckpointStore, CheckpointWriter } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { scriptedOperations, systemError } from '../scripted-operations.js';

const bytes = patternBytes(8192, 1);
const newest = { kind: 'newest' } as const;
const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });

/** Snapshot 1 is committed, snapshot 2 is written but not committed. */
async function halfWay(root: string): Promise<{ readonly store: CheckpointStore; readonly writer: CheckpointWriter }> {
  const store = await openRepository({ root, create: true });
  const epoch = await store.claim('job', holder('old'), newest);
  const writer = await store.begin(epoch, await commitBytes(store, epoch, undefined, bytes));
  await writer.put(memoryObject('memory', bytes));
  return { store, writer };
}

/** The real operations, with something done before and after the epoch's file gets its name. */
function around(before: () => Promise<unknown>, after: () => Promise<unknown>): FileOperations {
  const { files } = scriptedOperations();
  return {
    ...files,
    link: async (existing, created) => {
      const isClaim = /epochs\/\d{10}$/.test(created);
      if (isClaim) await before();
      await files.link(existing, created);
      if (isClaim) await after();
    },
  };
}

test('a snapshot committed while another attempt claims is what that attempt goes on from', async () => {
  await using place = await temporaryPlace();
  const { writer } = await halfWay(place.root);
  const outcomes: string[] = [];
  let once = true;
  const files = around(
    async () => {
      if (once) outcomes.push((await writer.commit({})).outcome);
      once = false;
    },
    () => Promise.resolve(),
  );
  const claimant = await openRepositoryWith({ root: place.root }, { files });
  const epoch = await claimant.claim('job', holder('new'), newest);
  expect(outcomes).toEqual(['committed']);
  expect(epoch.from?.number).toBe(2);
  expect(epoch.firstNumber).toBe(3);
});

test('a claimant that dies after naming too old a snapshot hides nothing that was reported as committed', async () => {
  await using place = await temporaryPlace();
  const { store, writer } = await halfWay(place.root);
  const outcomes: string[] = [];
  const files = around(
    async () => outcomes.push((await writer.commit({})).outcome),
    () => Promise.reject(new Error('died')),
  );
  const dead = await openRepositoryWith({ root: place.root }, { files });
  await expect(dead.claim('job', holder('dead'), newest)).rejects.toThrow();
  expect(outcomes).toEqual(['committed']);
  expect((await store.list('job')).map(({ number, eligible }) => [number, eligible])).toEqual([
    [2, true],
    [1, true],
  ]);
  await store.prune('job', { keep: 1, graceMs: 0 });
  expect((await store.claim('job', holder('next'), newest)).from?.number).toBe(2);
});

test('a writer that commits after another has claimed is fenced, and what it wrote is never chosen', async () => {
  await using place = await temporaryPlace();
  const { store, writer } = await halfWay(place.root);
  const other = await openRepository({ root: place.root });
  const epoch = await other.claim('job', holder('new'), newest);
  expect((await writer.commit({})).outcome).toBe('fenced');
  const three = await commitBytes(other, epoch, epoch.from, bytes);
  expect((await store.list('job')).filter(({ eligible }) => eligible).map(({ number }) => number)).toEqual([three.number, 1]);
});

test('a writer stopped just before the rename is fenced, and what it wrote is never chosen', async () => {
  await using place = await temporaryPlace();
  const first = await openRepository({ root: place.root, create: true });
  const epoch = await first.claim('job', holder('old'), newest);
  const parent = await commitBytes(first, epoch, undefined, bytes);
  const { files } = scriptedOperations();
  const other = await openRepository({ root: place.root });
  const stopped = await openRepositoryWith(
    { root: place.root },
    {
      files: {
        ...files,
        rename: async (from, to) => {
          // Stopped just before the rename, for as long as another attempt needs to claim and to commit.
          if (to.endsWith('.manifest')) await commitBytes(other, await other.claim('job', holder('new'), newest), parent, bytes);
          await files.rename(from, to);
        },
      },
    },
  );
  const writer = await stopped.begin(epoch, parent);
  await writer.put(memoryObject('memory', bytes));
  expect((await writer.commit({})).outcome).toBe('fenced');
  const list = await first.list('job');
  expect(list.map(({ number, attempt, eligible }) => [number, attempt, eligible])).toEqual([
    [3, 'new', true],
    [2, 'old', false],
    [1, 'old', true],
  ]);
  expect((await first.claim('job', holder('next'), newest)).from).toMatchObject({ number: 3, attempt: 'new' });
});

test('a claimant killed at any step leaves the job to the next one', async () => {
  for (let dying = 0; ; dying += 1) {
    await using place = await temporaryPlace();
    const { store, writer } = await halfWay(place.root);
    const { files, log } = scriptedOperations((_operation, ordinal) => (ordinal >= dying ? systemError('EIO') : undefined));
    const dead = await openRepositoryWith({ root: place.root }, { files });
    const outcome = await dead.claim('job', holder('dead'), newest).then(
      () => 'won',
      () => 'died',
    );
    const committed = (await writer.commit({})).outcome;
    const next = await store.claim('job', holder('next'), newest);
    if (committed === 'committed') expect(next.from?.number, `killed at ${dying}`).toBe(2);
    else expect([1, 2]).toContain(next.from?.number);
    expect((await store.verify('job')).problems).toEqual([]);
    if (log.length <= dying) {
      expect(outcome).toBe('won');
      break;
    }
  }
}, 60_000);

test('a snapshot is not reported as committed where any later claim may still leave it behind, adopted by another or not', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const first = await openRepository({ root, create: true });
  const epoch = await first.claim('job', holder('old'), newest);
  const parent = await commitBytes(first, epoch, undefined, bytes);
  const [slowLooked, slowMayFinish, quickCreated, quickMayFinish] = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const { files } = scriptedOperations();
  // Has looked a second time, and is stopped before it says that its claim is finished.
  const slow = await openRepositoryWith(
    { root },
    {
      files: {
        ...files,
        link: async (existing, created) => {
          if (created.endsWith('.ready')) {
            slowLooked?.resolve();
            await slowMayFinish?.promise;
          }
          await files.link(existing, created);
        },
      },
    },
  );
  const quick = await openRepositoryWith(
    { root },
    {
      files: around(
        () => Promise.resolve(),
        async () => {
          quickCreated?.resolve();
          await quickMayFinish?.promise;
        },
      ),
    },
  );
  const claims: Promise<unknown>[] = [];
  const writing = await openRepositoryWith(
    { root },
    {
      files: {
        ...files,
        rename: async (from, to) => {
          if (!to.endsWith('.manifest')) return await files.rename(from, to);
          claims.push(slow.claim('job', holder('slow'), newest));
          await slowLooked?.promise;
          await files.rename(from, to);
          claims.push(quick.claim('job', holder('quick'), newest));
          await quickCreated?.promise;
        },
      },
    },
  );
  const writer = await writing.begin(epoch, parent);
  await writer.put(memoryObject('memory', bytes));
  const { outcome } = await writer.commit({});
  slowMayFinish?.resolve();
  await claims[0];
  quickMayFinish?.resolve();
  await claims[1];
  const { from } = await first.claim('job', holder('next'), newest);
  expect([outcome, from?.number]).toEqual(['fenced', 1]);
});

test('prune keeps what an unfinished claim goes on from', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const { store, writer } = await halfWay(root);
  const [looked, mayFinish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { files } = scriptedOperations();
  const stopped: FileOperations = {
    ...files,
    link: async (existing, created) => {
      if (created.endsWith('.ready')) {
        looked.resolve();
        await mayFinish.promise;
      }
      await files.link(existing, created);
    },
  };
  let claim: Promise<unknown> = Promise.resolve();
  const slow = await openRepositoryWith({ root }, { files: stopped });
  await writer.abort();
  const epoch = await store.state('job');
  const renaming: FileOperations = {
    ...files,
    rename: async (from, to) => {
      if (to.endsWith('.manifest')) {
        claim = slow.claim('job', holder('slow'), newest);
        await looked.promise;
      }
      await files.rename(from, to);
    },
  };
  const writing = await openRepositoryWith({ root }, { files: renaming });
  if (epoch.epoch === undefined) throw new Error('the job was claimed');
  const again = await writing.begin(epoch.epoch, { job: 'job', number: 1, epoch: 1, attempt: 'old' });
  expect((await again.commit({})).outcome).toBe('fenced');
  await store.prune('job', { keep: 1, graceMs: 0 });
  mayFinish.resolve();
  expect(await claim).toMatchObject({ from: { number: 1 } });
  await using reader = await store.open({ job: 'job', number: 1 });
  expect(Buffer.from(await reader.read('memory')).equals(bytes)).toBe(true);
});
