import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { createFileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

const bytes = patternBytes(8192, 1);
const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });

test('whoever claims the job at any step of a withdrawal keeps it, and writes', async () => {
  let claimed = 0;
  for (let when = 0; ; when += 1) {
    await using place = await temporaryPlace();
    const other = await openRepository({ root: place.root, create: true });
    let step = 0;
    const meanwhile = async (): Promise<void> => {
      step += 1;
      if (step !== when + 1) return;
      const epoch = await other.claim('job', holder('b'), { kind: 'newest' }).catch(() => undefined);
      if (epoch !== undefined) claimed += 1;
    };
    const real = createFileOperations();
    const before =
      <Given extends readonly unknown[], Result>(work: (...given: Given) => Promise<Result>) =>
      async (...given: Given): Promise<Result> => {
        await meanwhile();
        return await work(...given);
      };
    const files = { ...real, list: before(real.list), remove: before(real.remove), removeDirectory: before(real.removeDirectory) };
    const own = await other.claim('job', holder('a'), { kind: 'newest' });
    const store = await openRepositoryWith({ root: place.root }, { files });
    await store.withdraw(own);
    if (step <= when) break;
    const { epoch } = await other.state('job');
    if (epoch === undefined) throw new Error(`the claim at ${when} is lost`);
    const { number } = await commitBytes(other, epoch, undefined, bytes);
    expect((await other.state('job')).newest, `claimed at ${when}`).toBe(number);
  }
  expect(claimed).toBeGreaterThan(7);
});

test('a job of which an empty directory is gone is written again', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder('a'), { kind: 'newest' });
  await rmdir(join(place.root, 'jobs/job/packs'));
  await rmdir(join(place.root, 'jobs/job/manifests'));
  await commitBytes(store, epoch, undefined, bytes);
  expect(await store.verify('job')).toMatchObject({ ok: true, snapshots: 1 });
  expect(await readdir(join(place.root, 'jobs/job'))).toEqual(expect.arrayContaining(['epochs', 'manifests', 'packs']));
});

test('a claim of another attempt, or one that has ended, is not taken back', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder('a'), { kind: 'newest' });
  expect(await store.withdraw({ ...epoch, attempt: 'b' })).toBe(false);
  expect((await store.state('job')).epoch).toMatchObject({ epoch: 1, attempt: 'a' });
  await store.end(epoch, { exitCode: 0, endedAt: '2026-01-02T03:04:05.000Z' });
  expect(await store.withdraw(epoch)).toBe(false);
  expect((await store.state('job')).epoch?.end).toMatchObject({ exitCode: 0 });
});
