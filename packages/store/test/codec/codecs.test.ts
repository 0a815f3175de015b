import { expect, test } from 'vitest';
import { ByteReader, MalformedBytes } from '../../src/codec/byte-reader.js';
import { ByteWriter } from '../../src/codec/byte-writer.js';
import { digestOf } from '../../src/codec/digest.js';
import { createKeyedHash } from '../../src/codec/create-keyed-hash.js';
import { decodeSealedJson, encodeSealedJson } from '../../src/codec/sealed-json.js';
import { unzigzag, zigzag } from '../../src/codec/zigzag.js';

const edges = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, 2 ** 49 + 3, Number.MAX_SAFE_INTEGER];

test.each(edges)('the varint %d comes back', (value) => {
  const reader = new ByteReader(new ByteWriter(1).varint(value).view());
  expect(reader.varint()).toBe(value);
  expect(reader.remaining).toBe(0);
});

test.each([0, -1, 1, -2, 2 ** 31, -(2 ** 31)])('zigzag of %d comes back', (value) => {
  expect(zigzag(value)).toBeGreaterThanOrEqual(0);
  expect(unzigzag(zigzag(value))).toBe(value);
});

test.each([
  ['an end in the middle', [0x80]],
  ['more than 53 bits', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
  ['more bytes than needed', [0x80, 0x00]],
])('a varint with %s is refused', (_what, bytes) => {
  expect(() => new ByteReader(Buffer.from(bytes)).varint()).toThrow(MalformedBytes);
});

test('a count that cannot fit is refused before anything is made', () => {
  expect(() => new ByteReader(new ByteWriter().varint(2 ** 40).view()).count(1)).toThrow(MalformedBytes);
});

test('digests are BLAKE3 and keyed hashes XXH3-128 with the derived secret', () => {
  expect(digestOf(Buffer.from('ab'), Buffer.from('c')).toString('hex')).toBe('6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85');
  const hash = (key: number, text: string): string => {
    const target = Buffer.alloc(16);
    createKeyedHash('xxh3-128', Buffer.alloc(32, key)).into(target, 0, Buffer.from(text));
    return target.toString('hex');
  };
  expect(hash(1, 'a')).toBe(hash(1, 'a'));
  expect(new Set([hash(1, 'a'), hash(2, 'a'), hash(1, 'b')]).size).toBe(3);
});

test('sealed JSON comes back, and no byte of it can change', () => {
  const bytes = encodeSealedJson({ text: 'a "checksum": "x"', number: 7 });
  expect(decodeSealedJson(bytes)).toMatchObject({ text: 'a "checksum": "x"', number: 7 });
  for (let offset = 0; offset < bytes.length; offset += 1) {
    const changed = Buffer.from(bytes);
    changed[offset] = (changed[offset] ?? 0) ^ 0x20;
    expect(() => decodeSealedJson(changed), `byte ${offset}`).toThrow(MalformedBytes);
  }
});
