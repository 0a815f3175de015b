import { expect, test } from 'vitest';
import { digestOf } from '../../src/codec/digest.js';
import { decodeSections, encodeSections, sectionTypes } from '../../src/manifest/sections.js';
import { saying } from '../fixture.js';

const summary = { type: sectionTypes.summary, bytes: Buffer.from('{}'), compressible: false };

function resealed(bytes: Buffer): Buffer {
  digestOf(bytes.subarray(0, bytes.length - 32)).copy(bytes, bytes.length - 32);
  return bytes;
}

test('an unknown section that must be understood is refused, one that need not be is skipped', () => {
  const bytes = encodeSections([summary, { type: 99, bytes: Buffer.from('news'), compressible: false }], undefined);
  expect(() => decodeSections('m', bytes)).toThrow(expect.objectContaining({ code: 'HF_FORMAT_NEWER', message: saying('section 99') }));
  const optional = Buffer.from(bytes);
  optional[32 + 32 + 3] = 0;
  expect([...decodeSections('m', resealed(optional)).keys()]).toEqual([sectionTypes.summary]);
});

test.each([
  ['version', 8, '2'],
  ['flags', 12, 'flags'],
  ['codec of a section', 32 + 2, 'codec'],
])('a newer %s is refused as newer where the digest is right, as damage where it is not', (_what, offset, named) => {
  const bytes = encodeSections([summary], undefined);
  bytes[offset] = 2;
  expect(() => decodeSections('m', bytes)).toThrow('does not have its digest');
  expect(() => decodeSections('m', resealed(bytes))).toThrow(expect.objectContaining({ code: 'HF_FORMAT_NEWER', message: saying(named) }));
});

test('a section that claims more than its bytes can hold is refused before anything is made', () => {
  const bytes = encodeSections([summary, { type: sectionTypes.metadata, bytes: Buffer.alloc(1_000_000), compressible: true }], undefined);
  bytes.writeBigUInt64LE(2n ** 40n, 32 + 32 + 24);
  expect(() => decodeSections('m', resealed(bytes))).toThrow('claims');
});
