import type { ObjectKind } from '@holdfast/core';
import { ByteReader, MalformedBytes } from '../codec/byte-reader.js';
import { ByteWriter } from '../codec/byte-writer.js';
import { hashLength } from '../codec/keyed-hash.js';
import { unzigzag, zigzag } from '../codec/zigzag.js';
import { blockPages } from '../pack/block.js';
import { GrowingSegments } from './growing-segments.js';
import { keyLimitBytes, type ObjectMap, zeroBlock } from './page-map.js';
import { WindowCursor } from './window-cursor.js';

/** 4 TiB of pages in one snapshot: more is taken for damage, so that a few bytes cannot keep a reader busy for ever. */
export const pageLimit: number = 2 ** 30;

const kinds: readonly ObjectKind[] = ['memory', 'file', 'image'];

export interface ObjectColumns {
  readonly objects: Buffer;
  readonly runs: Buffer;
  readonly segments: Buffer;
  readonly windows: Buffer;
}

/** The four sections that say where every page is; see docs/format.md, "Manifests". */
export function encodeObjects(maps: readonly ObjectMap[]): ObjectColumns {
  const [objects, runs, segments, windows] = [new ByteWriter(), new ByteWriter(), new ByteWriter(), new ByteWriter()];
  objects.varint(maps.length);
  for (const map of maps) {
    objects.text(map.key).u8(kinds.indexOf(map.kind)).varint(map.sizeBytes).varint(map.runFirst.length).varint(map.pageCount);
    objects.varint(map.segments.length).varint(map.windowHashes.length / hashLength);
    let end = 0;
    for (const [ordinal, first] of map.runFirst.entries()) {
      const count = map.runCount[ordinal] ?? 0;
      runs.varint(first - end).varint(count);
      end = first + count;
    }
    encodeSegments(segments, map);
    windows.bytes(map.windowHashes);
  }
  return { objects: objects.view(), runs: runs.view(), segments: segments.view(), windows: windows.view() };
}

/** Every count is checked against the bytes that there are, every reference against the table of `blocks` blocks. */
export function decodeObjects(columns: ObjectColumns, blocks: number): readonly ObjectMap[] {
  const objects = new ByteReader(columns.objects);
  const runs = new ByteReader(columns.runs);
  const segments = new ByteReader(columns.segments);
  const windows = new ByteReader(columns.windows);
  const keys = new Set<string>();
  let pages = 0;
  const maps = Array.from({ length: objects.count(7) }, () => {
    const map = decodeObject(objects, runs, segments, windows, { blocks, pages: pageLimit - pages });
    pages += map.pageCount;
    if (keys.has(map.key)) throw new MalformedBytes(`it has the object ${JSON.stringify(map.key)} twice`);
    keys.add(map.key);
    return map;
  });
  for (const [name, reader] of Object.entries({ objects, runs, segments, windows })) reader.finish(`the ${name}`);
  return maps;
}

interface Limits {
  readonly blocks: number;
  readonly pages: number;
}

function encodeSegments(writer: ByteWriter, { segments }: ObjectMap): void {
  let before = 0;
  for (let ordinal = 0; ordinal < segments.length; ordinal += 1) {
    const block = segments.blocks[ordinal] ?? zeroBlock;
    const count = segments.counts[ordinal] ?? 0;
    if (block === zeroBlock) {
      writer.varint(count * 2 + 1);
      continue;
    }
    writer
      .varint(count * 2)
      .varint(zigzag(block - before))
      .u8(segments.indexes[ordinal] ?? 0);
    before = block;
  }
}

function decodeObject(objects: ByteReader, runs: ByteReader, segments: ByteReader, windows: ByteReader, limits: Limits): ObjectMap {
  const keyLength = objects.varint();
  if (keyLength > keyLimitBytes * 2) throw new MalformedBytes('it has a key that is too long');
  const key = objects.text(keyLength);
  const kind = kinds[objects.u8()];
  if (kind === undefined) throw new MalformedBytes(`the object ${JSON.stringify(key)} is of no known kind`);
  const [sizeBytes, runCountTotal, pageCount, segmentCount, hashCount] = [
    objects.varint(),
    objects.varint(),
    objects.varint(),
    objects.varint(),
    objects.varint(),
  ];
  if (pageCount > limits.pages) throw new MalformedBytes(`it claims more than ${pageLimit} pages`);
  const runColumns = decodeRuns(runs, runCountTotal, pageCount);
  const decoded = decodeSegments(segments, segmentCount, pageCount, limits.blocks);
  if (hashCount * hashLength > windows.remaining) throw new MalformedBytes('it has fewer window hashes than it says');
  const map: ObjectMap = { key, kind, sizeBytes, ...runColumns, pageCount, segments: decoded, windowHashes: windows.bytes(hashCount * hashLength) };
  const cursor = new WindowCursor(map);
  while (cursor.hashBytes <= map.windowHashes.length && cursor.next());
  if (cursor.hashBytes !== map.windowHashes.length)
    throw new MalformedBytes(`the object ${JSON.stringify(key)} does not have a hash for each window`);
  return map;
}

function decodeRuns(reader: ByteReader, length: number, pageCount: number): Pick<ObjectMap, 'runFirst' | 'runCount'> {
  if (length * 2 > reader.remaining) throw new MalformedBytes('it has fewer runs than it says');
  const [runFirst, runCount] = [new Float64Array(length), new Float64Array(length)];
  let [end, pages] = [0, 0];
  for (let ordinal = 0; ordinal < length; ordinal += 1) {
    const first = end + reader.varint();
    const count = reader.varint();
    end = first + count;
    pages += count;
    if (count === 0 || end > Number.MAX_SAFE_INTEGER) throw new MalformedBytes('it has a run that no object can have');
    runFirst[ordinal] = first;
    runCount[ordinal] = count;
  }
  if (pages !== pageCount) throw new MalformedBytes(`its runs have ${pages} pages instead of ${pageCount}`);
  return { runFirst, runCount };
}

function decodeSegments(reader: ByteReader, length: number, pageCount: number, blocks: number): GrowingSegments {
  if (length > reader.remaining) throw new MalformedBytes('it has fewer segments than it says');
  const segments = new GrowingSegments();
  let [before, pages] = [0, 0];
  for (let ordinal = 0; ordinal < length; ordinal += 1) {
    const head = reader.varint();
    const count = Math.floor(head / 2);
    pages += count;
    if (count === 0 || pages > pageCount) throw new MalformedBytes('its segments do not fit its runs');
    if (head % 2 === 1) {
      segments.append(zeroBlock, 0, count);
      continue;
    }
    before += unzigzag(reader.varint());
    const index = reader.u8();
    if (before < 0 || before >= blocks || index + count > blockPages) throw new MalformedBytes('it refers to pages that no block has');
    segments.append(before, index, count);
  }
  if (pages !== pageCount) throw new MalformedBytes(`its segments have ${pages} pages instead of ${pageCount}`);
  return segments;
}
