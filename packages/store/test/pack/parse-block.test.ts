import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/codec/digest.js';
import { codecs, type StoredBlock } from '../../src/pack/block.js';
import { decodePayload } from '../../src/pack/decode-block.js';
import type { IndexEntry } from '../../src/pack/pack-index.js';
import { parseBlock } from '../../src/pack/parse-block.js';
import { encodedBlock } from './encoded-block.js';

const pages = randomBytes(2 * 4096);
const block: StoredBlock = { id: randomBytes(16).toString('hex'), codec: codecs.raw, pageCount: 2, extra: Buffer.alloc(0), payload: pages };
const bytes = encodedBlock(block);
const [lengthBytes, digest] = [bytes.length, bytes.subarray(64, 96)];
const entry: IndexEntry = { id: block.id, offset: 0, lengthBytes, pageCount: 2, codec: codecs.raw, flags: 0, keyId: 0, digest };

test('a raw block comes back as it was', () => {
  expect(decodePayload(parseBlock('pack', bytes, entry)).equals(pages)).toBe(true);
});

test.each([0, 5, 63, 64, 95, 96, 4096, lengthBytes - 1])('a raw block in which byte %i is flipped is refused by its digest', (at) => {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  expect(() => parseBlock('pack', flipped, entry)).toThrow('does not have its digest');
});

test('a whole block that is not the one of the index is refused by its digest', () => {
  const other = Buffer.from(bytes);
  other[lengthBytes - 1] = (other[lengthBytes - 1] ?? 0) ^ 1;
  digestOf(other.subarray(0, 64), other.subarray(96)).copy(other, 64);
  expect(() => parseBlock('pack', other, entry)).toThrow('does not have its digest');
});
