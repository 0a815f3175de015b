import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core';
import { type ContractCase, contractCase } from '../contract/index.js';
import { attachedTwice, type StorageDriverFixture } from './fixture.js';

const sizeBytes = 1_048_576;

/** Two attachments at once: what the repository's order of commits stands on. */
export const sharedCases: readonly ContractCase<StorageDriverFixture>[] = [
  contractCase('what one attachment wrote, synced and renamed, the other reads complete', async (fixture) => {
    const [writer, reader] = await attachedTwice(fixture);
    const content = randomBytes(sizeBytes);
    await publish(writer.root, 'published', content);
    deepEqual(await readFile(join(reader.root, 'published')), content);
    await Promise.all([writer.detach(), reader.detach()]);
  }),
  {
    promise: 'a rename over a file is seen whole or not at all by the other attachment',
    run: async (fixture) => {
      const [writer, reader] = await attachedTwice(fixture);
      if (!writer.guarantees.atomicRename) return { notApplicable: 'the storage does not guarantee atomic renames' };
      await publish(writer.root, 'file', Buffer.alloc(sizeBytes, 0));
      const [written, read] = await Promise.allSettled([rewrite(writer.root), reread(reader.root)]);
      for (const outcome of [read, written]) if (outcome.status === 'rejected') throw outcome.reason;
      await Promise.all([writer.detach(), reader.detach()]);
      return undefined;
    },
  },
  contractCase('of exclusive creations at once, over all attachments, exactly one wins', async (fixture) => {
    const [first, second] = await attachedTwice(fixture);
    for (let round = 0; round < 20; round += 1) {
      const wins = await Promise.all([first, second, first, second].map(({ root }) => createExclusively(join(root, `epoch-${round}`))));
      equal(wins.filter(Boolean).length, 1);
    }
    await Promise.all([first.detach(), second.detach()]);
  }),
];

async function rewrite(root: string): Promise<void> {
  for (let round = 1; round <= 20; round += 1) await publish(root, 'file', Buffer.alloc(sizeBytes, round));
}

async function reread(root: string): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const seen = await readFile(join(root, 'file'));
    equal(seen.length, sizeBytes);
    ok(
      seen.every((byte) => byte === seen[0]),
      'a file of two writings was seen',
    );
  }
}

async function publish(root: string, name: string, content: Uint8Array): Promise<void> {
  const unfinished = join(root, `.${name}-${randomBytes(4).toString('hex')}`);
  await writeFile(unfinished, content, { flag: 'wx', flush: true });
  await rename(unfinished, join(root, name));
  const directory = await open(root);
  await directory.sync();
  await directory.close();
}

async function createExclusively(path: string): Promise<boolean> {
  try {
    await writeFile(path, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (isHoldfastError(error) || !(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return false;
  }
}
