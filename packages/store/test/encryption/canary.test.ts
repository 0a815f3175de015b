import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { openRepository } from '@holdfast/store';
import { fileObject, memoryObject } from '@holdfast/testkit/checkpoint-store';
import { repositoryFiles } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { encryptionKey, temporaryPlace } from '../fixture.js';

const page = 4096;
const canaries = { content: 'canary-in-the-memory', file: 'canary-in-a-file', name: 'canary-as-a-name', command: 'canary-in-the-command' };
const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Pages that compress, and pages that do not, each with the canary. */
function pagesWith(canary: string, seed: number): Buffer {
  const bytes = Buffer.alloc(40 * page);
  let state = seed;
  for (let at = 20 * page; at < bytes.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  for (let at = 0; at < bytes.length; at += page) bytes.write(canary, at + 100);
  return bytes;
}

/** All bytes of all files, also after decompression of whatever looks like zstd. */
async function everything(root: string): Promise<readonly { readonly path: string; readonly bytes: Buffer }[]> {
  const found: { path: string; bytes: Buffer }[] = [];
  for (const { path } of await repositoryFiles(root)) {
    const bytes = await readFile(join(root, path));
    found.push({ path, bytes });
    for (let at = bytes.indexOf(zstdMagic); at >= 0; at = bytes.indexOf(zstdMagic, at + 1)) {
      const frame = decompressed(bytes.subarray(at));
      if (frame !== undefined) found.push({ path, bytes: frame });
    }
  }
  return found;
}

/** Of a frame that other bytes follow. */
function decompressed(bytes: Buffer): Buffer | undefined {
  for (let length = bytes.length; length > 12; length -= 1) {
    try {
      return zstdDecompressSync(bytes.subarray(0, length));
    } catch {
      // Not where it ends.
    }
  }
  return undefined;
}

async function writeCanaries(root: string, key: Uint8Array | undefined): Promise<void> {
  await using store = await openRepository({ root, create: true, ...(key === undefined ? {} : { encryptionKey: key }) });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  let parent: Parameters<typeof store.begin>[1];
  for (const seed of [1, 2]) {
    await using writer = await store.begin(epoch, parent);
    await writer.put(memoryObject('memory', pagesWith(canaries.content, seed)));
    await writer.put(fileObject(`files/${canaries.name}`, pagesWith(canaries.file, seed)));
    parent = (await writer.commit({ command: [canaries.command], padding: 'x'.repeat(600) })).summary;
  }
  await store.fork({ job: 'job' }, 'fork', { attempt: 'f', host: 'h', pid: 1 });
}

test('no file of an encrypted repository has content, names of files or the command of a job, compressed or not', async () => {
  await using place = await temporaryPlace();
  await writeCanaries(place.root, encryptionKey);
  for (const { path, bytes } of await everything(place.root))
    for (const [what, canary] of Object.entries(canaries)) expect(bytes.includes(canary), `the ${what} lies in ${path}`).toBe(false);
});

test('the same search finds each of them where the repository is not encrypted', async () => {
  await using place = await temporaryPlace();
  await writeCanaries(place.root, undefined);
  const found = await everything(place.root);
  for (const [what, canary] of Object.entries(canaries))
    expect(
      found.some(({ bytes }) => bytes.includes(canary)),
      what,
    ).toBe(true);
});
