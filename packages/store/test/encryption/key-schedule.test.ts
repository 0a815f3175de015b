import { expect, test } from 'vitest';
import { createKeyedHash } from '../../src/codec/create-keyed-hash.js';
import { seal, unseal } from '../../src/encryption/aead.js';
import { blockKey, hashKeyOf, manifestKey, pageHashesKey, wrappingKey } from '../../src/encryption/key-schedule.js';
import { RepositoryCipher } from '../../src/encryption/repository-cipher.js';
import { unwrapDataKey } from '../../src/encryption/wrapped-key.js';

/** The answers were computed with Python's hmac, hashlib and cryptography from docs/format.md, not with this code. */
const counting = (from: number, length: number): Buffer => Buffer.from(Array.from({ length }, (_none, at) => from + at));
const [userKey, dataKey, blockId, salt] = [counting(0, 32), counting(32, 32), counting(80, 16), counting(96, 32)];
const repositoryId = counting(64, 16).toString('hex');
const cipher = new RepositoryCipher({ repositoryId, dataKey });

test.each([
  ['wrapping', wrappingKey(userKey, salt, repositoryId), 'de0173f90f6db0539d8134021183efadb25e16cb91d0a65aedbb761bd4f8dd59'],
  ['hash', hashKeyOf(dataKey, repositoryId), '2fd8972dd7b2390ae8c727da1aa88e56fc9172aaf9b3b9ab5752b5986335e8dc'],
  ['block', blockKey(dataKey, blockId, repositoryId), '0754fb0fcae5024753d4d4398165d3f8618021a85798030c45e7f6ee3370eff3'],
  ['manifest', manifestKey(dataKey, salt, repositoryId), 'e607bb0e5370a0c90c102e33ad29beb5ebe4d9b950dd9a91cb5b20373e63b502'],
  ['page hashes', pageHashesKey(dataKey, salt, repositoryId), '077a661c5876b1f60685c078c522bf11fdc46e0fc88441f5c15bd300710ee05c'],
])('the %s key is what the format says', (_what, key, answer) => {
  expect(Buffer.from(key).toString('hex')).toBe(answer);
});

const fields = counting(128, 64);
const place = Buffer.from('header of page hashes');

test.each([
  ['a block', cipher.block(blockId, fields), ['extra', 'payload'], 'fb1825d6a639eb15a8e389d8ed80d78b367dedf8d0d3aa6ff2922850'],
  ['a section', cipher.manifest(salt, Buffer.from('head of a manifest'))(7), ['section'], '37786fe6c2bf4be6584861ce771d2fb7ec402df107da26'],
  ['a chunk', cipher.pageHashes(salt)(65_632, place), ['hashes'], '88572bfcf9e9b534bb3ba7439ad5da796e389c9725a1'],
] as const)('%s is encrypted as the format says', (_what, sealing, parts, answer) => {
  const sealed = seal(sealing, ...parts.map((part) => Buffer.from(part)));
  expect(sealed.toString('hex')).toBe(answer);
  expect(unseal(sealing, sealed, 'it').toString()).toBe(parts.join(''));
});

test('a data key that was wrapped as the format says is unwrapped, with no other key and for no other repository', () => {
  const sealed = Buffer.from('3258cc8bcf23a8176de94f85aa523e88b6f43e280584bd9364cbddf7fc127d4c69eefd0e0c75da11fec147c10cda8a3d', 'hex');
  expect(Buffer.from(unwrapDataKey({ salt, sealed }, userKey, repositoryId) ?? []).equals(dataKey)).toBe(true);
  expect(unwrapDataKey({ salt, sealed }, counting(1, 32), repositoryId)).toBeUndefined();
  expect(unwrapDataKey({ salt, sealed }, userKey, counting(65, 16).toString('hex'))).toBeUndefined();
});

test('the hash of a repository that is encrypted is keyed BLAKE3, the same each time', () => {
  const hash = createKeyedHash('blake3-128', hashKeyOf(dataKey, repositoryId));
  const target = Buffer.alloc(40, 7);
  for (const text of ['abc', 'abd', 'abc']) hash.into(target, 4, Buffer.from(text));
  expect(target.toString('hex')).toBe(`07070707057a98807fda206c64a45e69694b7d3b${'07'.repeat(20)}`);
  expect(hash.equals(target, 4, Buffer.from('abc'))).toBe(true);
  expect(hash.equals(target, 4, Buffer.from('abd'))).toBe(false);
  expect(hash.equals(target, 3, Buffer.from('abc'))).toBe(false);
});
