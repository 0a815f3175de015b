import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations } from '@holdfast/store/internal';
import { afterEach, expect, test } from 'vitest';
import { createKeyedHash } from '../../src/codec/create-keyed-hash.js';
import type { BlockTable } from '../../src/manifest/manifest.js';
import { codecs, type StoredBlock } from '../../src/pack/block.js';
import { compressPages, zstd } from '../../src/pack/compress-block.js';
import { encodePackEnd, encodePackHeader, type IndexEntry } from '../../src/pack/pack-index.js';
import { BlockLocator } from '../../src/read/block-locator.js';
import { BlockPages } from '../../src/read/block-pages.js';
import type { StoreContext } from '../../src/repository/store-context.js';
import { InlineWorkers } from '../../src/workers/inline-workers.js';
import { saying, temporaryPlace } from '../fixture.js';
import { encodedBlock } from './encoded-block.js';

const page = 4096;
const packName = '0000000001.0000000001.a.0001.pack';

/** What the tests opened packs by. */
const locators: BlockLocator[] = [];

afterEach(async () => {
  for (const locator of locators.splice(0)) await locator.close();
});

/** A pack written by hand with these blocks, and what reads it. */
async function packOf(
  root: string,
  blocks: readonly StoredBlock[],
  change: (entry: IndexEntry) => IndexEntry = (entry) => entry,
): Promise<(bases: readonly number[]) => BlockPages> {
  const repositoryId = (await openRepository({ root, create: true })).repositoryId;
  const header = encodePackHeader(repositoryId, packName);
  const parts = [header];
  const entries: IndexEntry[] = [];
  let offset = header.length;
  for (const block of blocks) {
    const bytes = encodedBlock(block);
    const [lengthBytes, digest] = [bytes.length, bytes.subarray(64, 96)];
    entries.push(change({ id: block.id, offset, lengthBytes, pageCount: block.pageCount, codec: block.codec, flags: 0, keyId: 0, digest }));
    parts.push(bytes);
    offset += lengthBytes;
  }
  const packs = join(root, 'jobs', 'job', 'packs');
  await mkdir(packs, { recursive: true });
  await writeFile(join(packs, packName), Buffer.concat([...parts, encodePackEnd(header, entries, offset)]));
  const context: StoreContext = {
    files: createFileOperations(),
    root,
    repositoryId,
    hash: createKeyedHash('xxh3-128', Buffer.alloc(32)),
    logger: silentLogger,
    clock: systemClock,
    compress: true,
    packTargetBytes: 1,
    workers: new InlineWorkers({ hash: { kind: 'xxh3-128', key: Buffer.alloc(32) }, cipher: undefined }),
  };
  const ids = Buffer.concat(blocks.map(({ id }) => Buffer.from(id, 'hex')));
  return (bases) => {
    const table: BlockTable = { length: blocks.length, ids, packOf: new Uint32Array(blocks.length), packs: [{ job: 'job', pack: packName }], bases };
    const locator = new BlockLocator(context);
    locators.push(locator);
    return new BlockPages(context, table, locator);
  };
}

async function get(blocks: BlockPages, ordinal: number): Promise<Buffer> {
  let copy = Buffer.alloc(0);
  await blocks.use(ordinal, (pages) => (copy = Buffer.from(pages)));
  return copy;
}

function whole(pages: Buffer): StoredBlock {
  return { id: randomBytes(16).toString('hex'), ...compressPages(pages, true), pageCount: pages.length / page, extra: Buffer.alloc(0) };
}

/** A delta whose pages are XORed with page `index` of `base`, or whole where there is none. */
function delta(pages: Buffer, base: StoredBlock, basePages: Buffer, plan: readonly (number | undefined)[]): StoredBlock {
  const difference = Buffer.from(pages);
  const extra = Buffer.alloc(2 + 16 + plan.length * 4);
  extra.writeUInt16LE(1);
  Buffer.from(base.id, 'hex').copy(extra, 2);
  for (const [ordinal, index] of plan.entries()) {
    extra.writeUInt16LE(index === undefined ? 0xffff : 0, 18 + ordinal * 4);
    extra.writeUInt16LE(index ?? 0, 20 + ordinal * 4);
    if (index === undefined) continue;
    for (let byte = 0; byte < page; byte += 1)
      difference[ordinal * page + byte] = (difference[ordinal * page + byte] ?? 0) ^ (basePages[index * page + byte] ?? 0);
  }
  return { id: randomBytes(16).toString('hex'), codec: codecs.delta, pageCount: plan.length, extra, payload: zstd(difference) };
}

test('a delta is read by its base, also a delta of a delta', async () => {
  await using place = await temporaryPlace();
  const old = randomBytes(4 * page);
  const base = whole(old);
  const changed = Buffer.concat([old.subarray(2 * page, 3 * page), randomBytes(page)]);
  changed[5] = (changed[5] ?? 0) ^ 1;
  const first = delta(changed, base, old, [2, undefined]);
  const again = Buffer.from(changed).fill(9, 100, 200);
  const second = delta(again, first, changed, [0, 1]);
  const blocks = (await packOf(place.root, [base, first, second]))([1, 0, 2, 1]);
  expect((await get(blocks, 0)).equals(old)).toBe(true);
  expect((await get(blocks, 2)).equals(again)).toBe(true);
  expect((await get(blocks, 1)).equals(changed)).toBe(true);
});

test('a delta whose base the manifest does not list, or does not have the page, is refused', async () => {
  await using place = await temporaryPlace();
  const old = randomBytes(2 * page);
  const base = whole(old);
  const open = await packOf(place.root, [base, delta(old, base, old, [0, 1]), delta(old, base, Buffer.concat([old, old]), [0, 3])]);
  await expect(get(open([]), 1)).rejects.toMatchObject({ code: 'HF_PACK_CORRUPT', message: saying('does not list') });
  await expect(get(open([2, 0]), 2)).rejects.toMatchObject({ code: 'HF_PACK_CORRUPT', message: saying('does not have') });
});

test('deltas that go round in a circle, or too deep, are refused', async () => {
  await using place = await temporaryPlace();
  const old = randomBytes(page);
  const blocks = [whole(old)];
  for (let depth = 0; depth < 10; depth += 1) blocks.push(delta(old, blocks[depth] ?? whole(old), old, [0]));
  const bases = blocks.flatMap((_block, ordinal) => (ordinal === 0 ? [] : [ordinal, ordinal - 1]));
  const open = await packOf(place.root, blocks);
  expect((await get(open(bases), 8)).equals(old)).toBe(true);
  await expect(get(open(bases), 10)).rejects.toMatchObject({ code: 'HF_PACK_CORRUPT', message: saying('more than 8 deep') });
  const one = delta(old, whole(old), old, [0]);
  const circle = delta(old, one, old, [0]);
  Buffer.from(circle.id, 'hex').copy(one.extra, 2);
  await using other = await temporaryPlace();
  await expect(get((await packOf(other.root, [one, circle]))([0, 1, 1, 0]), 0)).rejects.toMatchObject({ code: 'HF_PACK_CORRUPT' });
});

test.each([
  ['codec', { codec: 3 }, 'codec 3'],
  ['flags', { flags: 1 }, 'flags 1'],
  ['key', { keyId: 7 }, 'key 7'],
] as const)('a block with an unknown %s is refused as newer, by name', async (_what, fields, named) => {
  await using place = await temporaryPlace();
  const block = whole(randomBytes(page));
  const open = await packOf(place.root, [block]);
  expect((await get(open([]), 0)).length).toBe(page);
  const { parseBlock } = await import('../../src/pack/parse-block.js');
  const { digestOf } = await import('../../src/codec/digest.js');
  const bytes = encodedBlock(block);
  if ('codec' in fields) bytes[4] = fields.codec;
  if ('flags' in fields) bytes[5] = fields.flags;
  if ('keyId' in fields) bytes.writeUInt32LE(fields.keyId, 40);
  const digest = digestOf(bytes.subarray(0, 64), bytes.subarray(96));
  digest.copy(bytes, 64);
  const entry = { id: block.id, offset: 0, lengthBytes: bytes.length, pageCount: 1, codec: block.codec, flags: 0, keyId: 0, digest, ...fields };
  expect(() => parseBlock('pack', bytes, entry)).toThrow(expect.objectContaining({ code: 'HF_FORMAT_NEWER', message: saying(named) }));
});
