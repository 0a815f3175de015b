import { expect, test } from 'vitest';
import { createKeyedHash } from '../../src/codec/create-keyed-hash.js';
import type { OpenFile } from '../../src/files/file-operations.js';
import { GrowingSegments } from '../../src/manifest/growing-segments.js';
import type { ObjectMap } from '../../src/manifest/page-map.js';
import { matchesObject } from '../../src/read/match-object.js';

const unused = (): Promise<never> => Promise.reject(new Error('not expected'));

/** All zero: the file's length, and the room that a read had. */
function zeros(sizeBytes: number, rooms: number[]): OpenFile {
  const read: OpenFile['read'] = (target, position) => {
    rooms.push(target.length);
    return Promise.resolve(Math.max(0, Math.min(target.length, sizeBytes - position)));
  };
  return { read, write: unused, truncate: unused, sync: unused, info: unused, close: () => Promise.resolve() };
}

test.each([
  [1, 65_536],
  [65_536, 65_536],
  [65_537, 131_072],
  [16 * 65_536 + 1, 16 * 65_536],
])('an object of %i bytes is compared through a buffer of %i', async (sizeBytes, wanted) => {
  const none = new Float64Array(0);
  const map: ObjectMap = {
    key: 'file',
    kind: 'file',
    sizeBytes,
    runFirst: none,
    runCount: none,
    pageCount: 0,
    segments: new GrowingSegments(),
    windowHashes: Buffer.alloc(0),
  };
  const rooms: number[] = [];
  expect(await matchesObject(map, zeros(sizeBytes, rooms), createKeyedHash('xxh3-128', Buffer.alloc(32)), () => undefined)).toBe(true);
  expect(Math.max(...rooms)).toBe(wanted);
  expect(await matchesObject(map, zeros(sizeBytes - 1, rooms), createKeyedHash('xxh3-128', Buffer.alloc(32)), () => undefined)).toBe(false);
});
