import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { commitBytes, memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/codec/digest.js';
import { RepositoryCipher } from '../../src/encryption/repository-cipher.js';
import { decodeSections, encodeSections, sectionTypes } from '../../src/manifest/sections.js';
import { encryptionKey, temporaryPlace } from '../fixture.js';

const holder = { attempt: 'a', host: 'h', pid: 1 };
const before = patternBytes(64 * 4096, 1);
const after = Buffer.from(before).fill(3, 20 * 4096, 20 * 4096 + 9);
const cipher = new RepositoryCipher({ repositoryId: '01'.repeat(16), dataKey: Buffer.alloc(32, 5) });
const sections = [
  { type: sectionTypes.summary, bytes: Buffer.from('{"a":1}'), compressible: false },
  { type: sectionTypes.metadata, bytes: Buffer.alloc(5000, 'text '), compressible: true },
];

/** All digests right again. */
function resealed(bytes: Buffer): Buffer {
  const headBytes = Number(bytes.readBigUInt64LE(24));
  digestOf(bytes.subarray(0, headBytes - 32)).copy(bytes, headBytes - 32);
  digestOf(bytes.subarray(0, bytes.length - 32)).copy(bytes, bytes.length - 32);
  return bytes;
}

test('encrypted sections come back with the same cipher, and differ each time', () => {
  const bytes = encodeSections(sections, cipher);
  for (const { type, bytes: content } of sections) expect(decodeSections('m', bytes, cipher).get(type)?.equals(content)).toBe(true);
  expect(encodeSections(sections, cipher).equals(bytes)).toBe(false);
  expect(bytes.includes('text text') || bytes.includes('{"a"')).toBe(false);
});

test('no byte of an encrypted manifest can be changed, also where all digests are right', () => {
  const bytes = encodeSections(sections, cipher);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => decodeSections('m', changed, cipher), `byte ${at}`).toThrow();
    const forged = tryReseal(changed);
    if (forged !== undefined && !forged.equals(bytes)) expect(() => decodeSections('m', forged, cipher), `byte ${at}, resealed`).toThrow();
  }
});

/** Undefined where the lengths do not even allow it. */
function tryReseal(bytes: Buffer): Buffer | undefined {
  const headBytes = bytes.readBigUInt64LE(24);
  return headBytes >= 32n && headBytes <= BigInt(bytes.length) ? resealed(bytes) : undefined;
}

test('a manifest in the clear is refused where all are encrypted, and the other way round', () => {
  expect(() => decodeSections('m', encodeSections(sections, undefined), cipher)).toThrow('is not encrypted although');
  expect(() => decodeSections('m', encodeSections(sections, cipher))).toThrow('is encrypted although');
});

test('manifests that take the names of each other are refused', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true, encryptionKey });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const first = await commitBytes(store, epoch, undefined, before);
  await commitBytes(store, epoch, first, after);
  const [one, two] = [1, 2].map((number) => join(place.root, `jobs/job/manifests/000000000${number}.0000000001.a.manifest`));
  if (one === undefined || two === undefined) throw new Error('there are not two');
  await rename(one, `${one}.aside`);
  await rename(two, one);
  await rename(`${one}.aside`, two);
  for (const number of [1, 2]) await expect(store.open({ job: 'job', number })).rejects.toMatchObject({ code: 'HF_MANIFEST_CORRUPT' });
});

/** Page hashes of an older snapshot with the header of a newer one: they would make a changed page look unchanged. */
test('page hashes that were made for another manifest, or changed, are not known', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true, encryptionKey });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const hashesOf = (number: number): string => join(place.root, `jobs/job/manifests/000000000${number}.0000000001.a.pages`);
  const first = await commitBytes(store, epoch, undefined, before);
  const old = await readFile(hashesOf(1));
  const second = await commitBytes(store, epoch, first, after);
  const own = await readFile(hashesOf(2));

  const changedPages = async (hashes: Buffer): Promise<number> => {
    await writeFile(hashesOf(2), hashes);
    await using writer = await store.begin(epoch, second);
    return (await writer.put(memoryObject('memory', before))).changedPages;
  };
  expect(await changedPages(own)).toBe(1);
  const rebound = Buffer.from(old);
  own.copy(rebound, 16, 16, 48);
  expect(await changedPages(rebound)).toBe(16);
  const flipped = Buffer.from(own);
  flipped[96 + 20 * 16] = (flipped[96 + 20 * 16] ?? 0) ^ 1;
  expect(await changedPages(flipped)).toBe(16);
  const { summary } = await (async () => {
    await using writer = await store.begin(epoch, second);
    await writer.put(memoryObject('memory', before));
    return await writer.commit({});
  })();
  await using reader = await store.open(summary);
  expect(Buffer.from(await reader.read('memory')).equals(before)).toBe(true);
});
