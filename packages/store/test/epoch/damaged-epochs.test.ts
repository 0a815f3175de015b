import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { saying, temporaryPlace } from '../fixture.js';

const bytes = patternBytes(8192, 1);
const newest = { kind: 'newest' } as const;
const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });

async function twoEpochs(root: string): Promise<{ readonly store: CheckpointStore; readonly epochs: string }> {
  const store = await openRepository({ root, create: true });
  const first = await store.claim('job', holder('a'), newest);
  const one = await commitBytes(store, first, undefined, bytes);
  await commitBytes(store, await store.claim('job', holder('b'), newest), one, bytes);
  return { store, epochs: join(root, 'jobs', 'job', 'epochs') };
}

for (const [what, damage] of [
  ['removed', (path: string) => rm(path)],
  ['cut', (path: string) => truncate(path, 10)],
  ['overwritten', (path: string) => writeFile(path, '{}')],
] as const) {
  test(`an epoch file that was ${what} is made good by its snapshots, and told by verify`, async () => {
    await using place = await temporaryPlace();
    const { store, epochs } = await twoEpochs(place.root);
    const before = await store.list('job');
    await damage(join(epochs, '0000000001'));
    await damage(join(epochs, '0000000002'));
    expect(await store.list('job')).toEqual(before);
    expect((await store.verify('job')).problems.map(({ code }) => code)).toEqual(['HF_EPOCH_CORRUPT', 'HF_EPOCH_CORRUPT']);
    const next = await store.claim('job', holder('c'), newest);
    expect(next).toMatchObject({ epoch: 3, from: { number: 2, epoch: 2, attempt: 'b' }, firstNumber: 3 });
  });
}

test('a damaged epoch without a snapshot is an error for all but a fresh start', async () => {
  await using place = await temporaryPlace();
  const { store, epochs } = await twoEpochs(place.root);
  await store.claim('job', holder('c'), newest);
  await writeFile(join(epochs, '0000000003'), 'noise');
  await expect(store.claim('job', holder('d'), newest)).rejects.toMatchObject({ code: 'HF_EPOCH_CORRUPT' });
  await expect(store.state('job')).rejects.toMatchObject({ code: 'HF_EPOCH_CORRUPT' });
  expect(await store.claim('job', holder('e'), { kind: 'fresh' })).toMatchObject({ epoch: 4, firstNumber: 3 });
  expect((await store.state('job')).newest).toBeUndefined();
});

test('a damaged newest manifest is passed over by a claim, and is still the newest by name', async () => {
  await using place = await temporaryPlace();
  const { store } = await twoEpochs(place.root);
  await truncate(join(place.root, 'jobs/job/manifests/0000000002.0000000002.b.manifest'), 100);
  expect((await store.state('job')).newest).toBe(2);
  expect((await store.list('job')).map(({ number }) => number)).toEqual([1]);
  expect((await store.claim('job', holder('c'), newest)).from?.number).toBe(1);
});

test('a damaged end is told by name, and once removed the job counts as not ended', async () => {
  await using place = await temporaryPlace();
  const { store, epochs } = await twoEpochs(place.root);
  const { epoch } = await store.state('job');
  expect(epoch).toBeDefined();
  if (epoch === undefined) return;
  await store.end(epoch, { exitCode: 0, endedAt: '2026-01-02T03:04:05.000Z' });
  const path = join(epochs, '0000000002.end');
  await truncate(path, 20);
  await expect(store.state('job')).rejects.toMatchObject({ code: 'HF_EPOCH_CORRUPT', message: saying(path), hint: saying('remove it') });
  expect((await store.verify('job')).problems).toMatchObject([{ code: 'HF_EPOCH_CORRUPT', file: path }]);
  await rm(path);
  expect((await store.state('job')).epoch?.end).toBeUndefined();
});
