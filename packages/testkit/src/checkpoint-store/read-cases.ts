import { deepEqual, equal, ok } from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInput } from '@holdfast/core';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, holder, newest, storeCase } from './fixture.js';
import { commitBytes, fileObject, memoryObject, patternBytes, readBytes, withChangedPages } from './objects.js';

const page = 4096;

export const readCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('a snapshot that is not there is not found', async (store) => {
    await assertRejects(store.open({ job: 'job', number: 1 }), { kind: 'not-found' });
    const epoch = await store.claim('job', holder('a'), newest);
    const { number } = await commitBytes(store, epoch, undefined, patternBytes(page, 1));
    await assertRejects(store.open({ job: 'job', number: number + 1 }), { kind: 'not-found' });
    await assertRejects(store.open({ job: 'other', number }), { kind: 'not-found' });
  }),
  storeCase('every snapshot keeps its own content while newer ones are written', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const contents = [patternBytes(64 * page, 1)];
    let parent = await commitBytes(store, epoch, undefined, patternBytes(64 * page, 1));
    const numbers = [parent.number];
    for (let generation = 1; generation < 5; generation += 1) {
      contents.push(withChangedPages(contents[generation - 1] ?? Buffer.alloc(0), [generation, generation * 7]));
      parent = await commitBytes(store, epoch, parent, contents[generation] ?? Buffer.alloc(0));
      numbers.push(parent.number);
    }
    for (const [index, number] of numbers.entries()) ok((await readBytes(store, 'job', number)).equals(contents[index] ?? Buffer.alloc(0)));
  }),
  storeCase('objects are told with their kind, size and runs', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    const sparse: ObjectInput = {
      ...fileObject('sparse', patternBytes(2 * page, 1)),
      sizeBytes: 9 * page + 5,
      extents: [
        { firstPage: 1, pageCount: 1, sourceOffset: 0 },
        { firstPage: 7, pageCount: 1, sourceOffset: page },
      ],
    };
    await writer.put(sparse);
    await writer.put(memoryObject('memory', patternBytes(3 * page, 2), 77));
    await writer.put({ ...fileObject('image', patternBytes(10, 3)), kind: 'image' });
    const { summary } = await writer.commit({});
    await using reader = await store.open(summary);
    deepEqual(
      [...reader.objects].sort((a, b) => a.key.localeCompare(b.key)),
      [
        { key: 'image', kind: 'image', sizeBytes: 10, runs: [{ firstPage: 0, pageCount: 1 }] },
        { key: 'memory', kind: 'memory', sizeBytes: 3 * page, runs: [{ firstPage: 77, pageCount: 3 }] },
        { key: 'sparse', kind: 'file', sizeBytes: 9 * page + 5, runs: [1, 7].map((firstPage) => ({ firstPage, pageCount: 1 })) },
      ],
    );
    equal(summary.logicalBytes, 9 * page + 5 + 3 * page + 10);
    ok(Buffer.from(await reader.read('sparse')).equals(patternBytes(2 * page, 1)));
  }),
  storeCase('an object above 256 MiB is not read into memory', async (store, _elsewhere, scratch) => {
    const sizeBytes = 256 * 1024 * 1024 + page;
    const path = join(scratch, 'large');
    const file = await open(path, 'w');
    await file.truncate(sizeBytes);
    await file.close();
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    await writer.put({
      key: 'large',
      kind: 'file',
      sizeBytes,
      source: { kind: 'path', path },
      extents: [{ firstPage: 0, pageCount: sizeBytes / page, sourceOffset: 0 }],
    });
    const { summary } = await writer.commit({});
    await using reader = await store.open(summary);
    await assertRejects(reader.read('large'), { code: 'HF_USAGE' });
  }),
  storeCase('an object that the snapshot does not have is not found', async (store, _elsewhere, scratch) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const summary = await commitBytes(store, epoch, undefined, patternBytes(page, 1));
    await using reader = await store.open(summary);
    await assertRejects(reader.read('nothing'), { kind: 'not-found' });
    await assertRejects(reader.write('nothing', join(scratch, 'out'), 'sparse'), { kind: 'not-found' });
    await assertRejects(reader.matches('nothing', join(scratch, 'out')), { kind: 'not-found' });
  }),
  storeCase('verify of a whole snapshot resolves and tells its progress', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const summary = await commitBytes(store, epoch, undefined, patternBytes(100 * page, 1));
    await using reader = await store.open(summary);
    const told: (readonly [number, number])[] = [];
    await reader.verify({ onProgress: (bytes, totalBytes) => told.push([bytes, totalBytes]) });
    deepEqual(told.at(-1), [100 * page, 100 * page]);
    ok(told.every(([bytes], index) => bytes >= (told[index - 1]?.[0] ?? 0)));
  }),
];
