import { type CheckpointStore, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { saying, temporaryPlace } from './fixture.js';
import { type Script, scriptedOperations, systemError } from './scripted-operations.js';

const before = patternBytes(20 * 4096, 1);
const after = patternBytes(20 * 4096, 2);
const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });

async function read(store: CheckpointStore, number: number): Promise<Buffer> {
  await using reader = await store.open({ job: 'job', number });
  return Buffer.from(await reader.read('memory'));
}

/** A repository with one snapshot; then another is committed under the script. Tells how many operations that took, and how it ended. */
async function commitUnder(
  root: string,
  script: Script,
): Promise<{ readonly operations: number; readonly outcome: unknown; readonly number: number }> {
  const whole = await openRepository({ root, create: true });
  const epoch = await whole.claim('job', holder('a'), { kind: 'newest' });
  const parent = await commitBytes(whole, epoch, undefined, before);
  const { files, log } = scriptedOperations(script);
  const store = await openRepositoryWith({ root }, { files });
  const writer = await store.begin(epoch, parent);
  try {
    await writer.put(memoryObject('memory', after));
    return { outcome: (await writer.commit({})).outcome, operations: log.length, number: writer.ref.number };
  } catch (error) {
    return { outcome: error, operations: log.length, number: writer.ref.number };
  } finally {
    await writer.abort();
  }
}

/** Whatever happened: the snapshot before is whole, and the new one is either whole or not there. */
async function expectConsistent(root: string, result: Awaited<ReturnType<typeof commitUnder>>, what: string): Promise<void> {
  const store = await openRepository({ root });
  const { ok, problems } = await store.verify(undefined);
  expect(problems, what).toEqual([]);
  expect(ok).toBe(true);
  const numbers = (await store.list('job')).map(({ number }) => number);
  expect(numbers).toContain(1);
  expect((await read(store, 1)).equals(before)).toBe(true);
  if (result.outcome === 'committed') expect(numbers, what).toContain(result.number);
  else expect(isHoldfastError(result.outcome), `${what}: ${String(result.outcome)}`).toBe(true);
  if (numbers.includes(result.number)) expect((await read(store, result.number)).equals(after), what).toBe(true);
  const next = await store.claim('job', holder('b'), { kind: 'newest' });
  expect(next.from?.number, what).toBe(numbers[0]);
  await commitBytes(store, next, undefined, after);
}

for (const code of ['EIO', 'ENOSPC', 'ESTALE']) {
  test(`${code} at any operation of a commit never commits a bad snapshot`, async () => {
    let [reached, failing] = [true, 0];
    for (; reached; failing += 1) {
      await using place = await temporaryPlace();
      const result = await commitUnder(place.root, (_operation, ordinal) => (ordinal === failing ? systemError(code) : undefined));
      reached = result.operations > failing;
      await expectConsistent(place.root, result, `operation ${failing}`);
    }
    expect(failing).toBeGreaterThan(10);
  }, 60_000);
}

test('a process that dies at any operation of a commit leaves the snapshot before', async () => {
  for (let dying = 0; dying < 20; dying += 1) {
    await using place = await temporaryPlace();
    const result = await commitUnder(place.root, (_operation, ordinal) => (ordinal >= dying ? systemError('EIO') : undefined));
    await expectConsistent(place.root, result, `operation ${dying}`);
  }
}, 60_000);

test('writes that take only a few bytes at a time are gone on with', async () => {
  await using place = await temporaryPlace();
  let count = 0;
  const result = await commitUnder(place.root, ({ name }) => (name === 'write' ? 1000 + (count++ % 7) : undefined));
  expect(result.outcome).toBe('committed');
  await expectConsistent(place.root, result, 'short writes');
});

test('a write that takes nothing fails instead of going on for ever', async () => {
  await using place = await temporaryPlace();
  const result = await commitUnder(place.root, ({ name }) => (name === 'write' ? 0 : undefined));
  expect(isHoldfastError(result.outcome)).toBe(true);
});

test('a file is not synced again after its sync failed, and nothing more is written', async () => {
  await using place = await temporaryPlace();
  const { files, log } = scriptedOperations(({ name }) => (name === 'sync pack' ? systemError('EIO') : undefined));
  const store = await openRepositoryWith({ root: place.root, create: true }, { files });
  const epoch = await store.claim('job', holder('a'), { kind: 'newest' });
  const writer = await store.begin(epoch, undefined);
  await writer.put(memoryObject('memory', before));
  await expect(writer.commit({})).rejects.toMatchObject({ code: 'HF_STORAGE_IO', kind: 'unavailable' });
  await expect(writer.commit({})).rejects.toMatchObject({ code: 'HF_USAGE' });
  await expect(writer.put(memoryObject('memory', before))).rejects.toMatchObject({ code: 'HF_USAGE' });
  await writer.abort();
  expect(log.filter(({ name }) => name === 'sync pack')).toHaveLength(1);
  expect(log.filter(({ name, path }) => name === 'create' && path.endsWith('manifest'))).toEqual([]);
});

test('a full storage is told with the path, the free bytes and the remedy', async () => {
  await using place = await temporaryPlace();
  const result = await commitUnder(place.root, ({ name, path }) => (name === 'write' && path.endsWith('.pack') ? systemError('ENOSPC') : undefined));
  expect(result.outcome).toMatchObject({
    code: 'HF_STORAGE_FULL',
    kind: 'no-space',
    message: saying(/packs.*bytes are free/),
    hint: saying('Free space'),
  });
});

test('a rename whose answer was lost counts by what lies there', async () => {
  await using place = await temporaryPlace();
  const { files } = scriptedOperations();
  const lost: typeof files = {
    ...files,
    rename: async (from, to) => {
      await files.rename(from, to);
      if (to.endsWith('.manifest')) throw systemError('ESTALE');
    },
  };
  const store = await openRepositoryWith({ root: place.root, create: true }, { files: lost });
  const epoch = await store.claim('job', holder('a'), { kind: 'newest' });
  const { number } = await commitBytes(store, epoch, undefined, before);
  expect((await read(store, number)).equals(before)).toBe(true);
});

test('a link whose answer was lost is won where the file has two names', async () => {
  await using place = await temporaryPlace();
  const { files } = scriptedOperations();
  const lost: typeof files = {
    ...files,
    link: async (existing, created) => {
      await files.link(existing, created);
      throw systemError('EEXIST');
    },
  };
  const store = await openRepositoryWith({ root: place.root, create: true }, { files: lost });
  expect((await store.claim('job', holder('a'), { kind: 'newest' })).epoch).toBe(1);
});

test('storage without hard links is refused', async () => {
  await using place = await temporaryPlace();
  const { files } = scriptedOperations(({ name, path }) => (name === 'link' && path.includes('epochs') ? systemError('EPERM') : undefined));
  const store = await openRepositoryWith({ root: place.root, create: true }, { files });
  await expect(store.claim('job', holder('a'), { kind: 'newest' })).rejects.toMatchObject({ code: 'HF_UNSUPPORTED' });
});

test('a claim whose temporary file a prune took begins again; one whose link was answered with a loss, too, is won by its content', async () => {
  for (const linked of [false, true]) {
    await using place = await temporaryPlace();
    const { files } = scriptedOperations();
    let taken = 0;
    const pruned: typeof files = {
      ...files,
      link: async (existing, created) => {
        if (taken > 0 || !created.includes('/epochs/')) return files.link(existing, created);
        taken += 1;
        if (linked) await files.link(existing, created);
        await files.remove(existing);
        return files.link(existing, created);
      },
    };
    await using store = await openRepositoryWith({ root: place.root, create: true }, { files: pruned });
    const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
    expect(taken).toBe(1);
    expect(epoch.epoch).toBe(1);
    expect((await store.state('job')).epoch).toMatchObject({ epoch: 1, attempt: 'a' });
  }
});
