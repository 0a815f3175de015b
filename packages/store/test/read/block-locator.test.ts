import { join } from 'node:path';
import { silentLogger, systemClock } from '@holdfast/core';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { createKeyedHash } from '../../src/codec/create-keyed-hash.js';
import { PackReader } from '../../src/pack/pack-reader.js';
import { BlockLocator, type Located } from '../../src/read/block-locator.js';
import type { StoreContext } from '../../src/repository/store-context.js';
import { InlineWorkers } from '../../src/workers/inline-workers.js';
import { temporaryPlace } from '../fixture.js';

interface Packs {
  readonly context: StoreContext;
  /** Each pack's name and the id of its first block. */
  readonly packs: readonly { readonly pack: string; readonly id: string }[];
  readonly count: { opened: number; closed: number };
}

/** Three packs of a block each, and how often they are opened and closed. */
async function threePacks(root: string): Promise<Packs> {
  const store = await openRepositoryWith({ root, create: true }, { packTargetBytes: 1 });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  await commitBytes(store, epoch, undefined, patternBytes(3 * 256 * 4096, 1));
  const real = createFileOperations();
  const count = { opened: 0, closed: 0 };
  const files: FileOperations = {
    ...real,
    open: async (path, access) => {
      const file = await real.open(path, access);
      count.opened += 1;
      return { ...file, close: () => ((count.closed += 1), file.close()) };
    },
  };
  const workers = new InlineWorkers({ hash: { kind: 'xxh3-128', key: Buffer.alloc(32) }, cipher: undefined });
  const rest = {
    hash: createKeyedHash('xxh3-128', Buffer.alloc(32)),
    logger: silentLogger,
    clock: systemClock,
    compress: true,
    packTargetBytes: 1,
    workers,
  };
  const context: StoreContext = { files, root, repositoryId: store.repositoryId, ...rest };
  const packs: { pack: string; id: string }[] = [];
  for (const pack of (await real.list(join(root, 'jobs/job/packs'))).toSorted()) {
    const reader = await PackReader.open(real, join(root, 'jobs/job/packs'), pack, store.repositoryId);
    packs.push({ pack, id: reader.entries[0]?.id ?? '' });
    await reader.close();
  }
  expect(packs.length).toBeGreaterThanOrEqual(3);
  return { context, packs, count };
}

async function idOf({ pack, entry }: Located): Promise<string> {
  const stored = Buffer.alloc(entry.lengthBytes);
  await pack.readStored(entry, stored);
  return pack.parse(entry, stored).id;
}

test('finds at the same time share one opening of a pack, and the close closes it', async () => {
  await using place = await temporaryPlace();
  const { context, packs, count } = await threePacks(place.root);
  const { pack, id } = packs[0] ?? { pack: '', id: '' };
  const locator = new BlockLocator(context);
  const found = await Promise.all(Array.from({ length: 8 }, () => locator.find(id, { job: 'job', pack })));
  for (const located of found) {
    expect(await idOf(located)).toBe(id);
    located[Symbol.dispose]();
  }
  await locator.close();
  expect(count).toEqual({ opened: 1, closed: 1 });
});

test('a pack in use is not closed for another one; one out of use is', async () => {
  await using place = await temporaryPlace();
  const { context, packs, count } = await threePacks(place.root);
  const locator = new BlockLocator(context, 1);
  const [first, ...others] = packs;
  {
    using located = await locator.find(first?.id ?? '', { job: 'job', pack: first?.pack ?? '' });
    for (const { id, pack } of others) (await locator.find(id, { job: 'job', pack }))[Symbol.dispose]();
    expect(await idOf(located)).toBe(first?.id);
  }
  (await locator.find(first?.id ?? '', { job: 'job', pack: first?.pack ?? '' }))[Symbol.dispose]();
  expect(count.opened - count.closed).toBe(1);
  await locator.close();
  expect(count.opened).toBe(count.closed);
});

test('an opening that failed is tried again', async () => {
  await using place = await temporaryPlace();
  const { context, packs, count } = await threePacks(place.root);
  const { pack, id } = packs[0] ?? { pack: '', id: '' };
  let failing = true;
  const open: FileOperations['open'] = (path, access) =>
    failing ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })) : context.files.open(path, access);
  const locator = new BlockLocator({ ...context, files: { ...context.files, open } });
  await expect(Promise.all([locator.find(id, { job: 'job', pack }), locator.find(id, { job: 'job', pack })])).rejects.toThrow('EIO');
  failing = false;
  (await locator.find(id, { job: 'job', pack }))[Symbol.dispose]();
  await locator.close();
  expect(count).toEqual({ opened: 1, closed: 1 });
});
