import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { decodeSealedJson, encodeSealedJson } from '../../src/codec/sealed-json.js';
import { encryptionKey, saying, temporaryPlace } from '../fixture.js';

const holder = { attempt: 'a', host: 'h', pid: 1 };
const otherKey = Uint8Array.from(encryptionKey, (byte) => byte ^ 1);

async function identityOf(root: string): Promise<Readonly<Record<string, unknown>>> {
  return decodeSealedJson(await readFile(join(root, 'repository.json')));
}

test('a repository made with a key names the feature, and has neither key in the clear', async () => {
  await using place = await temporaryPlace();
  await openRepository({ root: place.root, create: true, encryptionKey });
  const identity = await identityOf(place.root);
  expect(identity).toMatchObject({ features: ['encryption-aes-256-gcm'], hash: 'blake3-128', encryption: { cipher: 'aes-256-gcm' } });
  expect(identity).not.toHaveProperty('key');
  expect(JSON.stringify(identity)).not.toContain(Buffer.from(encryptionKey).toString('hex'));
});

test.each([
  ['no key', undefined, { code: 'HF_KEY_MISSING', kind: 'invalid-argument', hint: saying('keyFile') }],
  ['another key', otherKey, { code: 'HF_KEY_WRONG', kind: 'permission' }],
  ['a short key', encryptionKey.subarray(0, 16), { code: 'HF_KEY_INVALID', message: saying('16 bytes') }],
])('an encrypted repository is not opened with %s', async (_what, key, refusal) => {
  await using place = await temporaryPlace();
  const made = await openRepository({ root: place.root, create: true, encryptionKey });
  const given = key === undefined ? {} : { encryptionKey: key };
  await expect(openRepository({ root: place.root, create: true, ...given })).rejects.toMatchObject(refusal);
  expect((await openRepository({ root: place.root, encryptionKey })).repositoryId).toBe(made.repositoryId);
});

test('a key for a repository that is not encrypted is refused, and so is a fast hash for one that is', async () => {
  await using place = await temporaryPlace();
  await openRepository({ root: place.root, create: true });
  await expect(openRepository({ root: place.root, encryptionKey })).rejects.toMatchObject({ code: 'HF_KEY_UNUSED', kind: 'conflict' });
  await expect(openRepository({ root: place.root, encryptionKey, hash: 'xxh3-128' })).rejects.toMatchObject({ code: 'HF_USAGE' });
});

test('of stores that make the same repository with different keys one makes it, and the others are refused', async () => {
  await using place = await temporaryPlace();
  const keys = Array.from({ length: 8 }, (_none, at) => Uint8Array.from(encryptionKey, (byte) => byte ^ at));
  const opened = await Promise.allSettled(keys.map((key) => openRepository({ root: place.root, create: true, encryptionKey: key })));
  expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of opened) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'HF_KEY_WRONG' });
});

test.each([
  ['id', '0'.repeat(32), 'HF_KEY_WRONG'],
  ['features', [], 'HF_REPOSITORY_CORRUPT'],
  ['features', ['encryption-aes-256-gcm', 'more'], 'HF_FORMAT_NEWER'],
  ['hash', 'sha3', 'HF_FORMAT_NEWER'],
  ['encryption', { cipher: 'aes-256-gcm', kdf: 'hkdf-sha-256', salt: '00', wrappedKey: '00' }, 'HF_REPOSITORY_CORRUPT'],
  ['encryption', { cipher: 'rot13', kdf: 'hkdf-sha-256', salt: '00', wrappedKey: '00' }, 'HF_REPOSITORY_CORRUPT'],
])('an identity with another %s is refused', async (member, value, code) => {
  await using place = await temporaryPlace();
  await openRepository({ root: place.root, create: true, encryptionKey });
  await writeFile(join(place.root, 'repository.json'), encodeSealedJson({ ...(await identityOf(place.root)), [member]: value }));
  await expect(openRepository({ root: place.root, encryptionKey })).rejects.toMatchObject({ code });
});

test('a repository that is shared keeps its cryptographic hash, whoever opens it', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true, hash: 'blake3-128' });
  const bytes = patternBytes(40 * 4096, 1);
  const first = await commitBytes(store, await store.claim('job', holder, { kind: 'newest' }), undefined, bytes);
  expect(await identityOf(place.root)).toMatchObject({ hash: 'blake3-128', features: [] });
  const again = await openRepository({ root: place.root });
  const second = await commitBytes(again, await again.claim('job', { ...holder, attempt: 'b' }, { kind: 'newest' }), first, bytes);
  expect(second.storedBytes).toBeLessThan(first.storedBytes / 10);
  expect((await again.verify(undefined)).problems).toEqual([]);
});
