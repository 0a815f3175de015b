import { mkdir } from 'node:fs/promises';
import { openRepository } from '@holdfast/store';
import { expect, test } from 'vitest';
import { RepositoryCipher } from '../../src/encryption/repository-cipher.js';
import { pageHashLayout } from '../../src/manifest/page-hash-file.js';
import { PageHashWriter } from '../../src/manifest/page-hash-writer.js';
import { jobPaths } from '../../src/repository/store-context.js';
import { encryptionKey, type TemporaryPlace, temporaryPlace } from '../fixture.js';
import { secretsOf, storeContext } from '../store-context.js';

const hashLength = 16;

/** Notes where each piece is sealed: the place is the nonce, and the salt of the writer the key. */
class NotingCipher extends RepositoryCipher {
  readonly places: number[] = [];

  override pageHashes(salt: Uint8Array): ReturnType<RepositoryCipher['pageHashes']> {
    const sealing = super.pageHashes(salt);
    return (position, ...authenticated) => {
      this.places.push(position);
      return sealing(position, ...authenticated);
    };
  }
}

async function noting({ root }: TemporaryPlace): Promise<{ readonly writer: PageHashWriter; readonly places: readonly number[] }> {
  await openRepository({ root, create: true, encryptionKey });
  const paths = jobPaths(root, 'job');
  await mkdir(paths.manifests, { recursive: true });
  const { cipher: secrets } = await secretsOf(root, encryptionKey);
  if (secrets === undefined) throw new Error('the repository is not encrypted');
  const cipher = new NotingCipher(secrets);
  const name = { epoch: 1, number: 1, attempt: 'a' };
  return { writer: new PageHashWriter(await storeContext(root, { cipher }, encryptionKey), paths, name), places: cipher.places };
}

function addHashes(writer: PageHashWriter, count: number): void {
  for (let number = 0; number < count; number += 1) {
    const at = writer.next();
    writer.chunk.fill(1, at, at + hashLength);
  }
}

test('no place is sealed twice: not after an object that was given up, not of one that is begun again, and not of the table', async () => {
  await using place = await temporaryPlace();
  const { writer, places } = await noting(place);
  for (const count of [3, pageHashLayout.chunkHashes + 1, 2 * pageHashLayout.chunkHashes]) {
    writer.beginObject();
    addHashes(writer, count);
    // Given up with what is sealed of it and what is not, and begun again.
    writer.beginObject();
    addHashes(writer, count);
    writer.finishObject();
  }
  await writer.publish(Buffer.alloc(32, 1), [1, 2]);
  await writer.publish(Buffer.alloc(32, 2), [3, 4]);
  writer.beginObject();
  addHashes(writer, 1);
  writer.finishObject();
  await writer.abandon();
  expect(places.length).toBeGreaterThan(9);
  expect(new Set(places).size).toBe(places.length);
});

test.each([
  ['of an object that was given up', (writer: PageHashWriter) => writer.beginObject()],
  ['of an object that was finished', (writer: PageHashWriter) => void writer.finishObject()],
])('a hash that nobody gives is one that is not known, not one %s', async (_which, leave) => {
  await using place = await temporaryPlace();
  const { writer } = await noting(place);
  writer.beginObject();
  addHashes(writer, 5);
  leave(writer);
  for (let number = 0; number < 5; number += 1) {
    const at = writer.next();
    expect(writer.chunk.subarray(at, at + hashLength)).toEqual(Buffer.alloc(hashLength));
  }
  await writer.abandon();
});
