import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { CheckpointWriter, Epoch } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { scriptedOperations } from '../scripted-operations.js';
import { onceBefore } from './once-before.js';

const state = (seed: number): Buffer => patternBytes(20 * 4096, seed);
const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });
const newest = { kind: 'newest' } as const;

test('a removal that stood still before it left its numbers lowers those of no later one', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const other = await openRepository({ root, create: true });
  await commitBytes(other, await other.claim('job', holder('a'), newest), undefined, state(1));
  let stranded: { readonly epoch: Epoch; readonly writer: CheckpointWriter } | undefined;
  const files = onceBefore(
    ({ name, path }) => (name === 'link' || name === 'rename') && path.includes('/removed/job'),
    async () => {
      await other.remove('job', holder('r2'));
      const epoch = await other.claim('job', holder('z'), newest);
      const writer = await other.begin(epoch, await commitBytes(other, epoch, undefined, state(7)));
      await writer.put(memoryObject('memory', state(8)));
      stranded = { epoch, writer };
      await other.remove('job', holder('r3'));
    },
  );
  await (await openRepositoryWith({ root }, { files })).remove('job', holder('r1')).catch(() => undefined);
  if (stranded === undefined) throw new Error('the removal left no numbers');
  const again = await other.claim('job', holder('n'), newest);
  expect(again.epoch).toBeGreaterThan(stranded.epoch.epoch);
  const mine = await commitBytes(other, again, undefined, state(9));
  expect(mine.number).toBeGreaterThan(2);
  await stranded.writer.commit({}).catch(() => undefined);
  expect((await other.state('job')).newest).toBe(mine.number);
});

test('the numbers are left for good before the first file is removed', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const store = await openRepository({ root, create: true });
  await commitBytes(store, await store.claim('job', holder('a'), newest), undefined, state(1));
  const { files, log } = scriptedOperations();
  await (await openRepositoryWith({ root }, { files })).remove('job', holder('r'));
  const steps = log.map(({ name, path }) => `${name} ${relative(root, path).replace(/\.[0-9a-f]{16}$/, '')}`);
  const from = steps.indexOf('mkdir removed');
  const final = 'removed/job/0000000002.0000000002';
  expect(
    steps
      .slice(
        from,
        steps.findIndex((step) => step.startsWith('remove jobs/job/manifests/')),
      )
      .filter((step) => !/^(write|close)/.test(step)),
  ).toEqual([
    'mkdir removed',
    'sync repository-directory ',
    'mkdir removed/job',
    'sync repository-directory removed',
    `create removed/job/tmp.0000000002.0000000002`,
    `sync epoch removed/job/tmp.0000000002.0000000002`,
    `link ${final}`,
    'sync epoch-directory removed/job',
    `remove removed/job/tmp.0000000002.0000000002`,
  ]);
});

test('a damaged note of a removal is told, whether or not the name is used again, and costs the next job nothing', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const store = await openRepository({ root, create: true });
  await commitBytes(store, await store.claim('gone', holder('a'), newest), undefined, state(1));
  await store.remove('gone', holder('r'));
  await mkdir(join(root, 'removed/never'));
  expect((await store.verify(undefined)).problems).toEqual([]);
  const [file] = await readdir(join(root, 'removed/gone'));
  const path = join(root, 'removed/gone', file ?? '');
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(30) ^ 1, 30);
  await writeFile(path, bytes);
  const told = [{ job: 'gone', code: 'HF_EPOCH_CORRUPT', file: path, message: expect.stringContaining('its name alone counts') as string }];
  expect((await store.verify(undefined)).problems).toMatchObject(told);
  expect(await store.claim('gone', holder('b'), newest)).toMatchObject({ epoch: 3, firstNumber: 3 });
  expect((await store.verify('gone')).problems).toMatchObject(told);
});
