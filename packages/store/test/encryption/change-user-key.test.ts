import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { changeUserKey, openRepository } from '@holdfast/store';
import { changeUserKeyWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { decodeSealedJson, encodeSealedJson } from '../../src/codec/sealed-json.js';
import { encryptionKey, temporaryPlace } from '../fixture.js';
import { scriptedOperations, systemError } from '../scripted-operations.js';

const newKey = Uint8Array.from(encryptionKey, (byte) => byte ^ 0x5a);
const holder = { attempt: 'a', host: 'h', pid: 1 };

async function opens(root: string, key: Uint8Array): Promise<boolean> {
  return openRepository({ root, encryptionKey: key }).then(
    () => true,
    (error: { readonly code?: string }) => {
      if (error.code !== 'HF_KEY_WRONG') throw error;
      return false;
    },
  );
}

test('after a change the new key opens the repository with all that it has, the old one does not, and a writer that is open goes on', async () => {
  await using place = await temporaryPlace();
  const [root, bytes] = [place.root, patternBytes(20 * 4096, 1)];
  await using store = await openRepository({ root, create: true, encryptionKey });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const first = await commitBytes(store, epoch, undefined, bytes);
  expect(await changeUserKey({ root, from: encryptionKey, to: newKey })).toBe(true);
  expect([await opens(root, encryptionKey), await opens(root, newKey)]).toEqual([false, true]);
  await commitBytes(store, epoch, first, bytes.fill(7, 0, 100));
  await using again = await openRepository({ root, encryptionKey: newKey });
  await using reader = await again.open({ job: 'job', number: 2 });
  expect(Buffer.from(await reader.read('memory')).equals(bytes)).toBe(true);
  expect((await again.verify(undefined)).problems).toEqual([]);
});

test('a change that is done already is told, and changes nothing', async () => {
  await using place = await temporaryPlace();
  const path = join(place.root, 'repository.json');
  await openRepository({ root: place.root, create: true, encryptionKey });
  await changeUserKey({ root: place.root, from: encryptionKey, to: newKey });
  const before = await readFile(path);
  expect(await changeUserKey({ root: place.root, from: encryptionKey, to: newKey })).toBe(false);
  expect((await readFile(path)).equals(before)).toBe(true);
});

test('members of repository.json that this version does not know stay', async () => {
  await using place = await temporaryPlace();
  const path = join(place.root, 'repository.json');
  await openRepository({ root: place.root, create: true, encryptionKey });
  const { checksum: _checksum, ...members } = decodeSealedJson(await readFile(path));
  await writeFile(path, encodeSealedJson({ ...members, owner: 'genomics' }));
  await changeUserKey({ root: place.root, from: encryptionKey, to: newKey });
  expect(decodeSealedJson(await readFile(path))).toMatchObject({ owner: 'genomics' });
});

test('what cannot be changed is refused, and left as it is', async () => {
  await using place = await temporaryPlace();
  await using plain = await temporaryPlace();
  const path = join(place.root, 'repository.json');
  const [root, to] = [place.root, newKey];
  await expect(changeUserKey({ root, from: encryptionKey, to })).rejects.toMatchObject({ code: 'HF_REPOSITORY_MISSING' });
  await openRepository({ root, create: true, encryptionKey });
  await openRepository({ root: plain.root, create: true });
  const before = await readFile(path);
  await expect(changeUserKey({ root, from: Uint8Array.from(newKey).reverse(), to })).rejects.toMatchObject({ code: 'HF_KEY_WRONG' });
  await expect(changeUserKey({ root, from: encryptionKey, to: newKey.subarray(1) })).rejects.toMatchObject({ code: 'HF_KEY_INVALID' });
  await expect(changeUserKey({ root: plain.root, from: encryptionKey, to })).rejects.toMatchObject({ code: 'HF_KEY_UNUSED' });
  expect((await readFile(path)).equals(before)).toBe(true);
});

test('killed at any operation, the repository opens with one of the two keys, and the same change again completes it', async () => {
  const outcomes: ('old' | 'new')[] = [];
  for (let dying = 0; ; dying += 1) {
    await using place = await temporaryPlace();
    const { root } = place;
    await openRepository({ root, create: true, encryptionKey });
    const { files, log } = scriptedOperations((_operation, ordinal) => (ordinal >= dying ? systemError('EIO') : undefined));
    await changeUserKeyWith({ root, from: encryptionKey, to: newKey }, files).catch(() => undefined);
    if (log.length <= dying) break;
    const opened = [await opens(root, encryptionKey), await opens(root, newKey)];
    expect(opened.filter(Boolean), `killed at ${dying}`).toHaveLength(1);
    outcomes.push(opened[0] === true ? 'old' : 'new');
    await changeUserKey({ root, from: encryptionKey, to: newKey });
    expect(await opens(root, newKey), `killed at ${dying}`).toBe(true);
    expect(await readdir(root), `killed at ${dying}`).toEqual(['repository.json']);
  }
  // create, write, sync, close; rename; sync of the directory.
  expect(outcomes).toEqual(['old', 'old', 'old', 'old', 'old', 'new']);
});

test('the file is synced before it is renamed, and the directory after', async () => {
  await using place = await temporaryPlace();
  await openRepository({ root: place.root, create: true, encryptionKey });
  const { files, log } = scriptedOperations();
  await changeUserKeyWith({ root: place.root, from: encryptionKey, to: newKey }, files);
  expect(log.map(({ name }) => name)).toEqual(['create', 'write', 'sync repository', 'close', 'rename', 'sync repository-directory']);
});

test('a change over which another one wins is told: what is there then does not open with the new key', async () => {
  await using place = await temporaryPlace();
  const path = join(place.root, 'repository.json');
  await openRepository({ root: place.root, create: true, encryptionKey });
  const other = await readFile(path);
  const { files } = scriptedOperations();
  const overtaken = {
    ...files,
    rename: async (from: string, to: string) => {
      await files.rename(from, to);
      await writeFile(path, other);
    },
  };
  await expect(changeUserKeyWith({ root: place.root, from: encryptionKey, to: newKey }, overtaken)).rejects.toMatchObject({ code: 'HF_KEY_WRONG' });
});

test('what is left of a change that was killed is removed by the next one, also where that finds it done', async () => {
  await using place = await temporaryPlace();
  const leave = (): Promise<void> => writeFile(join(place.root, 'tmp.repository.json.0011223344556677'), 'the data key under a key');
  await openRepository({ root: place.root, create: true, encryptionKey });
  for (const changed of [true, false]) {
    await leave();
    expect(await changeUserKey({ root: place.root, from: encryptionKey, to: newKey })).toBe(changed);
    expect(await readdir(place.root)).toEqual(['repository.json']);
  }
});
