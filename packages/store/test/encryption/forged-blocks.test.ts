import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '@holdfast/core';
import { openRepository, type RepositoryOptions } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { encryptionKey, saying, temporaryPlace } from '../fixture.js';
import { type LooseBlock, readBlocks, writeBlocks } from './pack-files.js';

const holder = { attempt: 'a', host: 'h', pid: 1 };
const packPath = 'packs/0000000001.0000000001.a.0001.pack';
const content = patternBytes(600 * 4096, 1);

interface Made {
  readonly store: CheckpointStore;
  readonly pack: string;
  readonly blocks: readonly LooseBlock[];
}

/** One snapshot of three blocks in one pack. */
async function make(root: string, job = 'job', options: Partial<RepositoryOptions> = { encryptionKey }): Promise<Made> {
  const store = await openRepository({ root, create: true, ...options });
  await commitBytes(store, await store.claim(job, holder, { kind: 'newest' }), undefined, content);
  const pack = join(root, 'jobs', job, packPath);
  return { store, pack, blocks: await readBlocks(pack, store.repositoryId) };
}

async function readBytes(store: CheckpointStore, job: string, number: number): Promise<Buffer> {
  await using reader = await store.open({ job, number });
  return Buffer.from(await reader.read('memory'));
}

async function expectForged({ store, pack }: Made, why: string, job = 'job'): Promise<void> {
  await expect(readBytes(store, job, 1)).rejects.toMatchObject({ code: 'HF_PACK_CORRUPT', message: saying(why) });
  const { problems } = await store.verify(job);
  expect(problems).toEqual([expect.objectContaining({ code: 'HF_PACK_CORRUPT', file: pack, message: saying(why) })]);
}

/** The same block under the id, nonce and lengths of another one, or with some bytes of its header changed. */
function withHeader(block: LooseBlock, change: (header: Buffer) => void): LooseBlock {
  const bytes = Buffer.from(block.bytes);
  change(bytes);
  return { entry: block.entry, bytes };
}

test('blocks of the same content have nothing in common', async () => {
  await using place = await temporaryPlace();
  const [one, two] = [await make(place.root, 'one'), await make(place.root, 'two')];
  for (const [at, block] of one.blocks.entries()) {
    const other = two.blocks[at]?.bytes;
    expect(other?.length).toBe(block.bytes.length);
    expect(other?.subarray(96, 128).equals(block.bytes.subarray(96, 128))).toBe(false);
    expect(other?.subarray(52, 64).equals(block.bytes.subarray(52, 64))).toBe(false);
  }
});

test('a pack that is written anew as it was is good', async () => {
  await using place = await temporaryPlace();
  const made = await make(place.root);
  expect(made.blocks).toHaveLength(3);
  await writeBlocks(made.pack, made.store.repositoryId, made.blocks.toReversed());
  expect((await readBytes(made.store, 'job', 1)).equals(content)).toBe(true);
  expect((await made.store.verify('job')).problems).toEqual([]);
});

test.each([
  ['codec', (header: Buffer) => header.writeUInt8(header.readUInt8(4) ^ 1, 4)],
  ['base id', (header: Buffer) => header.writeUInt8(1, 24)],
  ['nonce', (header: Buffer) => header.writeUInt8(header.readUInt8(52) ^ 1, 52)],
  ['content', (header: Buffer) => header.writeUInt8(header.readUInt8(200) ^ 1, 200)],
  ['tag', (header: Buffer) => header.writeUInt8(header.readUInt8(header.length - 1) ^ 1, header.length - 1)],
])('a block with another %s, all digests right, is found out', async (_what, change) => {
  await using place = await temporaryPlace();
  const made = await make(place.root);
  const [first, ...others] = made.blocks;
  if (first === undefined) throw new Error('there is no block');
  await writeBlocks(made.pack, made.store.repositoryId, [withHeader(first, change), ...others]);
  await expectForged(made, "repository's key");
});

test('blocks that take the places of each other are found out', async () => {
  await using place = await temporaryPlace();
  const made = await make(place.root);
  const [first, second, third] = made.blocks;
  if (first === undefined || second === undefined || third === undefined) throw new Error('there are not three blocks');
  const named = (block: LooseBlock, other: LooseBlock): LooseBlock => ({
    ...withHeader(block, (header) => other.bytes.copy(header, 8, 8, 24)),
    entry: { ...block.entry, id: other.entry.id },
  });
  await writeBlocks(made.pack, made.store.repositoryId, [named(first, second), named(second, first), third]);
  await expectForged(made, "repository's key");
});

test('blocks of another job, under the ids that are looked for, are found out', async () => {
  await using place = await temporaryPlace();
  const [one, two] = [await make(place.root, 'one'), await make(place.root, 'two')];
  const forged = one.blocks.map((block, at) => {
    const other = two.blocks[at] ?? block;
    return { ...withHeader(other, (header) => block.bytes.copy(header, 8, 8, 24)), entry: block.entry };
  });
  await writeBlocks(one.pack, one.store.repositoryId, forged);
  await expectForged(one, "repository's key", 'one');
});

test('a job of another repository under the same key is found out', async () => {
  await using place = await temporaryPlace();
  await using other = await temporaryPlace();
  const [one, two] = [await make(place.root, 'one'), await make(other.root, 'two')];
  const moved = join(place.root, 'jobs/one');
  const forged = one.blocks.map((block, at) => {
    const stranger = two.blocks[at] ?? block;
    return { ...withHeader(stranger, (header) => block.bytes.copy(header, 8, 8, 24)), entry: block.entry };
  });
  await writeBlocks(one.pack, one.store.repositoryId, forged);
  await expectForged(one, "repository's key", 'one');
  await cp(join(other.root, 'jobs/two'), join(moved, '../two'), { recursive: true });
  await expect(readBytes(one.store, 'two', 1)).rejects.toMatchObject({ code: 'HF_MANIFEST_CORRUPT', message: saying("repository's key") });
});

test('a block in the clear is refused where all are encrypted, and an encrypted one where none is', async () => {
  await using place = await temporaryPlace();
  await using other = await temporaryPlace();
  const [secret, plain] = [await make(place.root), await make(other.root, 'job', {})];
  const under = (blocks: readonly LooseBlock[], names: readonly LooseBlock[]): readonly LooseBlock[] =>
    names.map((block, at) => ({
      ...withHeader(blocks[at] ?? block, (header) => block.bytes.copy(header, 8, 8, 24)),
      entry: block.entry,
    }));
  await writeBlocks(secret.pack, secret.store.repositoryId, under(plain.blocks, secret.blocks));
  await expectForged(secret, 'is not encrypted although the repository is');
  await writeBlocks(plain.pack, plain.store.repositoryId, under(secret.blocks, plain.blocks));
  await expectForged(plain, 'is encrypted although the repository is not');
});

test('no two blocks have the same nonce or id', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true, encryptionKey });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const seen = new Set<string>();
  let [parent, blocks]: [Parameters<typeof store.begin>[1], number] = [undefined, 0];
  for (let number = 1; number <= 60; number += 1) {
    parent = await commitBytes(store, epoch, parent, patternBytes(4096, number));
    const pack = join(place.root, `jobs/job/packs/${String(number).padStart(10, '0')}.0000000001.a.0001.pack`);
    for (const { entry, bytes } of await readBlocks(pack, store.repositoryId)) {
      expect(entry.keyId).toBe(1);
      seen.add(entry.id).add(bytes.toString('hex', 52, 64));
      blocks += 1;
    }
  }
  expect(blocks).toBe(60);
  expect(seen.size).toBe(2 * blocks);
});
