import { equal, ok } from 'node:assert/strict';
import { access, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointReader, CheckpointStore } from '@holdfast/core';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, holder, newest, storeCase } from './fixture.js';
import { fileObject, memoryObject, patternBytes } from './objects.js';

const page = 4096;
const content = patternBytes(40 * page + 100, 1).fill(0, 3 * page, 20 * page);
const memory = patternBytes(5 * page, 2);
const holed = Buffer.concat([Buffer.alloc(2 * page), patternBytes(page, 3), Buffer.alloc(3 * page + 9)]);

/** A snapshot of a file, a file with holes, and memory. */
async function snapshot(store: CheckpointStore): Promise<CheckpointReader> {
  const epoch = await store.claim('job', holder('a'), newest);
  await using writer = await store.begin(epoch, undefined);
  await writer.put(fileObject('file', content));
  await writer.put({ ...fileObject('holed', holed), extents: [{ firstPage: 2, pageCount: 1, sourceOffset: 2 * page }] });
  await writer.put(memoryObject('memory', memory, 2 ** 30));
  return await store.open((await writer.commit({})).summary);
}

export const writeFileCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('a file is rebuilt with its holes and its exact length, for its owner alone', async (store, _elsewhere, scratch) => {
    await using reader = await snapshot(store);
    await reader.write('file', join(scratch, 'file'), 'sparse');
    ok((await readFile(join(scratch, 'file'))).equals(content));
    equal((await stat(join(scratch, 'file'))).mode & 0o7777, 0o600);
    await reader.write('holed', join(scratch, 'holed'), 'sparse');
    ok((await readFile(join(scratch, 'holed'))).equals(holed));
  }),
  storeCase('packed, the runs lie back to back', async (store, _elsewhere, scratch) => {
    await using reader = await snapshot(store);
    await reader.write('memory', join(scratch, 'memory'), 'packed');
    ok((await readFile(join(scratch, 'memory'))).equals(memory));
    await reader.write('holed', join(scratch, 'holed'), 'packed');
    ok((await readFile(join(scratch, 'holed'))).equals(holed.subarray(2 * page, 3 * page)));
  }),
  storeCase('an existing file or link is refused and left as it is', async (store, _elsewhere, scratch) => {
    await using reader = await snapshot(store);
    await writeFile(join(scratch, 'there'), 'mine');
    await symlink(join(scratch, 'nowhere'), join(scratch, 'link'));
    await assertRejects(reader.write('file', join(scratch, 'there'), 'sparse'), { kind: 'conflict' });
    await assertRejects(reader.write('file', join(scratch, 'link'), 'sparse'), { kind: 'conflict' });
    equal(await readFile(join(scratch, 'there'), 'utf8'), 'mine');
    await assertAbsent(join(scratch, 'nowhere'));
  }),
  storeCase('the write of a large object tells how far it is', async (store, _elsewhere, scratch) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    const sizeBytes = 600 * page;
    await writer.put(fileObject('large', patternBytes(sizeBytes, 4)));
    await using reader = await store.open((await writer.commit({})).summary);
    const told: number[] = [];
    await reader.write('large', join(scratch, 'large'), 'sparse', { onProgress: (bytes) => told.push(bytes) });
    ok(told.length > 0 && told.every((bytes, at) => bytes <= sizeBytes && bytes >= (told[at - 1] ?? 1)));
  }),
  storeCase('a failed write leaves no partial file', async (store, _elsewhere, scratch) => {
    await using reader = await snapshot(store);
    await assertRejects(reader.write('file', join(scratch, 'partial'), 'sparse', { signal: AbortSignal.abort() }), { kind: 'aborted' });
    await assertAbsent(join(scratch, 'partial'));
  }),
  storeCase('a file matches where it has exactly the bytes', async (store, _elsewhere, scratch) => {
    await using reader = await snapshot(store);
    for (const [key, bytes] of Object.entries({ file: content, holed })) {
      const path = join(scratch, key);
      await writeFile(path, bytes);
      equal(await reader.matches(key, path), true);
      await writeFile(path, bytes.subarray(0, bytes.length - 1));
      equal(await reader.matches(key, path), false);
      for (const offset of [0, page, 2 * page + 5, bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed[offset] = (changed[offset] ?? 0) ^ 1;
        await writeFile(path, changed);
        equal(await reader.matches(key, path), false, `with byte ${offset} changed`);
      }
    }
  }),
  storeCase('a link, a directory and nothing do not match', async (store, _elsewhere, scratch) => {
    await using reader = await snapshot(store);
    await writeFile(join(scratch, 'same'), content);
    await symlink(join(scratch, 'same'), join(scratch, 'link'));
    equal(await reader.matches('file', join(scratch, 'link')), false);
    equal(await reader.matches('file', scratch), false);
    equal(await reader.matches('file', join(scratch, 'nothing')), false);
  }),
];

async function assertAbsent(path: string): Promise<void> {
  equal(
    await access(path).then(
      () => 'there',
      () => 'absent',
    ),
    'absent',
    path,
  );
}
