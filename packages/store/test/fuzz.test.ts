import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { type RandomSource, randomFrom, repositoryFiles } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { MalformedBytes } from '../src/codec/byte-reader.js';
import { digestOf } from '../src/codec/digest.js';
import { decodeEpoch } from '../src/epoch/epoch-record.js';
import { decodeManifest } from '../src/manifest/manifest-codec.js';
import { decodePayload, parseDeltaPlan } from '../src/pack/decode-block.js';
import { packFooterBytes, packHeaderBytes, parsePackFooter, parsePackIndex } from '../src/pack/pack-index.js';
import { parseBlock } from '../src/pack/parse-block.js';
import { temporaryPlace } from './fixture.js';
import { makeHistory } from './history.js';

const rounds = 4000;

/** One to four bytes changed, inserted, removed or cut off. */
function mutate(bytes: Buffer, random: RandomSource): Buffer {
  const copy = Buffer.from(bytes);
  const at = random(copy.length);
  switch (random(5)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      return Buffer.concat([copy.subarray(0, at), Buffer.from([random(256)]), copy.subarray(at)]);
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + random(8))]);
    default:
      for (let count = 1 + random(4); count > 0; count -= 1) copy[random(copy.length)] = [0, 1, 0x7f, 0x80, 0xff, random(256)][random(6)] ?? 0;
      return copy;
  }
}

/** Puts right digests over wrong bytes, so that the decoder behind them is reached. */
function resealManifest(bytes: Buffer): Buffer {
  if (bytes.length < 128) return bytes;
  const copy = Buffer.from(bytes);
  const headBytes = Number(copy.readBigUInt64LE(24) & 0xffffffn);
  if (headBytes >= 64 && headBytes <= copy.length - 32) digestOf(copy.subarray(0, headBytes - 32)).copy(copy, headBytes - 32);
  if (copy.length % 2 === 0) copy.writeBigUInt64LE(BigInt(copy.length), 16);
  digestOf(copy.subarray(0, copy.length - 32)).copy(copy, copy.length - 32);
  return copy;
}

function expectRefusal(work: () => unknown): 'refused' | 'taken' {
  try {
    work();
    return 'taken';
  } catch (error) {
    if (!(error instanceof MalformedBytes) && !isHoldfastError(error)) throw error;
    return 'refused';
  }
}

async function example(): Promise<{
  readonly manifest: Buffer;
  readonly pack: Buffer;
  readonly packName: string;
  readonly epoch: Buffer;
  readonly repositoryId: string;
}> {
  await using place = await temporaryPlace();
  const store = await openRepositoryWith({ root: place.root, create: true }, {});
  await makeHistory(store, randomFrom(5));
  const files = await repositoryFiles(place.root);
  const last = async (kind: string): Promise<readonly [string, Buffer]> => {
    const path = files.findLast((file) => file.kind === kind && file.path.includes('first'))?.path ?? '';
    return [path.split('/').at(-1) ?? '', await readFile(join(place.root, path))];
  };
  const [[, manifest], [packName, pack]] = [await last('manifest'), await last('pack')];
  const epoch = await readFile(join(place.root, 'jobs/first/epochs/0000000002'));
  return { manifest, pack, packName, epoch, repositoryId: store.repositoryId };
}

test(`${rounds} altered manifests are refused without a crash, also where their digests are right`, async () => {
  const { manifest } = await example();
  const random = randomFrom(6);
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    const altered = mutate(manifest, random);
    if (!altered.equals(manifest)) expect(expectRefusal(() => decodeManifest('manifest', altered))).toBe('refused');
    if (expectRefusal(() => decodeManifest('manifest', resealManifest(altered))) === 'refused') refused += 1;
  }
  expect(refused).toBeGreaterThan(rounds / 4);
}, 60_000);

test(`${rounds} altered packs are refused without a crash, also where their digests are right`, async () => {
  const { pack, packName, repositoryId } = await example();
  const random = randomFrom(7);
  for (let round = 0; round < rounds; round += 1) {
    const altered = mutate(pack.subarray(0, random(4) === 0 ? pack.length : packHeaderBytes + 4096), random);
    const whole = Buffer.concat([altered, pack.subarray(-2 * packFooterBytes)]);
    for (const bytes of [altered, whole]) {
      expectRefusal(() => {
        const at = parsePackFooter(bytes.subarray(-packFooterBytes), bytes.length);
        const end = Buffer.from(bytes.subarray(at.indexOffset));
        digestOf(bytes.subarray(0, packHeaderBytes), end.subarray(0, end.length - 32)).copy(end, end.length - 32);
        parsePackIndex('pack', packName, repositoryId, bytes.subarray(0, packHeaderBytes), end, at);
      });
    }
  }
}, 60_000);

test(`${rounds} altered blocks are refused without a crash, also where their digests are right`, async () => {
  const { pack, packName, repositoryId } = await example();
  const at = parsePackFooter(pack.subarray(-packFooterBytes), pack.length);
  const [entry] = parsePackIndex('pack', packName, repositoryId, pack.subarray(0, packHeaderBytes), pack.subarray(at.indexOffset), at);
  expect(entry).toBeDefined();
  if (entry === undefined) return;
  const block = pack.subarray(entry.offset, entry.offset + entry.lengthBytes);
  const random = randomFrom(8);
  for (let round = 0; round < rounds; round += 1) {
    const altered = mutate(block, random);
    if (!altered.equals(block)) expect(expectRefusal(() => parseBlock('pack', altered, entry))).toBe('refused');
    if (altered.length < 96) continue;
    const digest = digestOf(altered.subarray(0, 64), altered.subarray(96));
    digest.copy(altered, 64);
    const agreeing = {
      ...entry,
      digest,
      codec: altered[4] ?? 0,
      flags: altered[5] ?? 0,
      pageCount: altered.readUInt16LE(6),
      keyId: altered.readUInt32LE(40),
    };
    expectRefusal(() => {
      const parsed = parseBlock('pack', altered, { ...agreeing, id: altered.toString('hex', 8, 24) });
      decodePayload(parsed);
      parseDeltaPlan(parsed);
    });
  }
}, 60_000);

test(`${rounds} altered epochs are refused`, async () => {
  const { epoch } = await example();
  const random = randomFrom(9);
  for (let round = 0; round < rounds; round += 1) {
    const altered = mutate(epoch, random);
    if (!altered.equals(epoch)) expect(expectRefusal(() => decodeEpoch('epoch', altered, 'first', 2))).toBe('refused');
  }
});

test('a manifest and a pack made of noise are refused by the store', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  await makeHistory(await openRepository({ root, create: true }), randomFrom(10));
  const random = randomFrom(11);
  for (const { path, sizeBytes } of (await repositoryFiles(root)).filter(({ kind }) => kind === 'manifest' || kind === 'pack')) {
    await writeFile(join(root, path), Buffer.from(Array.from({ length: sizeBytes }, () => random(256))));
  }
  const store = await openRepository({ root });
  expect(await store.list('first')).toEqual([]);
  expect((await store.verify(undefined)).ok).toBe(false);
  await expect(store.open({ job: 'first', number: 1 })).rejects.toMatchObject({ code: 'HF_MANIFEST_CORRUPT' });
});
