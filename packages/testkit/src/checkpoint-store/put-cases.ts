import { deepEqual, equal, ok } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore, CheckpointWriter, ObjectInput } from '@holdfast/core';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, holder, newest, storeCase } from './fixture.js';
import { commitBytes, fileObject, memoryObject, patternBytes, withChangedPages } from './objects.js';

const page = 4096;

/** Commits what `fill` puts, and hands the reader's bytes of each key. */
async function stored(store: CheckpointStore, fill: (writer: CheckpointWriter) => Promise<unknown>): Promise<(key: string) => Promise<Buffer>> {
  const epoch = await store.claim('job', holder('a'), newest);
  await using writer = await store.begin(epoch, undefined);
  await fill(writer);
  const { summary } = await writer.commit({});
  return async (key) => {
    await using reader = await store.open(summary);
    return Buffer.from(await reader.read(key));
  };
}

export const putCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('an object comes back byte for byte, whatever its length', async (store) => {
    const lengths = [0, 1, page - 1, page, page + 1, 16 * page, 300 * page + 17];
    const read = await stored(store, async (writer) => {
      for (const length of lengths) await writer.put(fileObject(`file ${length}`, patternBytes(length, length)));
    });
    for (const length of lengths) ok((await read(`file ${length}`)).equals(patternBytes(length, length)), `a file of ${length} bytes`);
  }),
  storeCase('only pages that differ from the parent count as changed, and only they are stored', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const before = patternBytes(400 * page, 1);
    const parent = await commitBytes(store, epoch, undefined, before);
    await using writer = await store.begin(epoch, parent);
    const after = withChangedPages(before, [0, 17, 18, 399]);
    deepEqual((await writer.put(memoryObject('memory', after))).changedPages, 4);
    const { summary } = await writer.commit({});
    ok(summary.storedBytes < 16 * page, `${summary.storedBytes} bytes were stored`);
    await using reader = await store.open(summary);
    ok(Buffer.from(await reader.read('memory')).equals(after));
  }),
  storeCase('pages are compared by their number, wherever the runs begin', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const bytes = patternBytes(64 * page, 2);
    const parent = await commitBytes(store, epoch, undefined, bytes);
    await using writer = await store.begin(epoch, parent);
    const grown = Buffer.concat([patternBytes(3 * page, 9), bytes, patternBytes(5 * page, 8)]);
    equal((await writer.put(memoryObject('memory', grown, 0x7f00 - 3))).changedPages, 8);
    const { summary } = await writer.commit({});
    await using reader = await store.open(summary);
    ok(Buffer.from(await reader.read('memory')).equals(grown));
  }),
  storeCase('the same bytes at other page numbers of the same window are not mistaken for unchanged', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const bytes = patternBytes(3 * page, 2);
    const parent = await commitBytes(store, epoch, undefined, bytes);
    await using writer = await store.begin(epoch, parent);
    await writer.put(memoryObject('memory', bytes, 0x7f00 + 1));
    const { summary } = await writer.commit({});
    await using reader = await store.open(summary);
    ok(Buffer.from(await reader.read('memory')).equals(bytes));
    deepEqual(reader.objects[0]?.runs, [{ firstPage: 0x7f00 + 1, pageCount: 3 }]);
  }),
  storeCase('pages of zeros are not stored', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    equal((await writer.put(memoryObject('zeros', Buffer.alloc(100 * page)))).changedPages, 0);
    const { summary } = await writer.commit({});
    equal(summary.storedBytes, 0);
    await using reader = await store.open(summary);
    ok(Buffer.from(await reader.read('zeros')).equals(Buffer.alloc(100 * page)));
  }),
  storeCase('a page that became zero is zero, and one that was zero is not', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const bytes = patternBytes(32 * page, 3).fill(0, 4 * page, 8 * page);
    const parent = await commitBytes(store, epoch, undefined, bytes);
    const after = Buffer.from(bytes)
      .fill(0, 10 * page, 30 * page)
      .fill(7, 5 * page, 6 * page);
    const next = await commitBytes(store, epoch, parent, after);
    await using reader = await store.open(next);
    ok(Buffer.from(await reader.read('memory')).equals(after));
  }),
  storeCase('a source is read at the offsets that its extents name', async (store, _elsewhere, scratch) => {
    const source = patternBytes(40 * page, 4);
    const path = join(scratch, 'source');
    await writeFile(path, source);
    const object: ObjectInput = {
      key: 'm',
      kind: 'memory',
      sizeBytes: 5 * page,
      source: { kind: 'path', path: Buffer.from(path) },
      extents: [
        { firstPage: 14, pageCount: 3, sourceOffset: 20 * page },
        { firstPage: 2 ** 35, pageCount: 2, sourceOffset: 1000 },
      ],
    };
    const read = await stored(store, (writer) => writer.put(object));
    ok((await read('m')).equals(Buffer.concat([source.subarray(20 * page, 23 * page), source.subarray(1000, 1000 + 2 * page)])));
  }),
  storeCase('an object is put together from all the sources that its extents name', async (store, _elsewhere, scratch) => {
    const [images, memory] = [patternBytes(40 * page, 14), patternBytes(600 * page, 15)];
    const path = join(scratch, 'memory');
    await writeFile(path, memory);
    const object: ObjectInput = {
      key: 'm',
      kind: 'memory',
      sizeBytes: 512 * page,
      source: { kind: 'bytes', bytes: images },
      furtherSources: [{ kind: 'path', path }],
      // They touch, as pages of a stack do that lie in two places; the offsets would go on, too.
      extents: [
        { firstPage: 14, pageCount: 3, sourceOffset: 0 },
        { firstPage: 17, pageCount: 8, sourceOffset: 3 * page, sourceIndex: 1 },
        { firstPage: 25, pageCount: 1, sourceOffset: 11 * page, sourceIndex: 0 },
        { firstPage: 1000, pageCount: 500, sourceOffset: 50 * page, sourceIndex: 1 },
      ],
    };
    const read = await stored(store, (writer) => writer.put(object));
    const parts = [images.subarray(0, 3 * page), memory.subarray(3 * page, 11 * page), images.subarray(11 * page, 12 * page)];
    ok((await read('m')).equals(Buffer.concat([...parts, memory.subarray(50 * page, 550 * page)])));
  }),
  storeCase('an extent of a source that the object does not have is refused', async (store) => {
    await stored(store, async (writer) => {
      const object = memoryObject('m', patternBytes(page, 16));
      for (const sourceIndex of [1, -1, 0.5]) {
        const extents = [{ firstPage: 0, pageCount: 1, sourceOffset: 0, sourceIndex }];
        await assertRejects(writer.put({ ...object, extents }), { code: 'HF_USAGE' });
      }
    });
  }),
  storeCase('a file that has grown is stored as long as it was announced', async (store, _elsewhere, scratch) => {
    const path = join(scratch, 'grown');
    await writeFile(path, patternBytes(3 * page, 5));
    const object: ObjectInput = { ...fileObject('f', patternBytes(page + 10, 5)), source: { kind: 'path', path } };
    const read = await stored(store, (writer) => writer.put(object));
    ok((await read('f')).equals(patternBytes(3 * page, 5).subarray(0, page + 10)));
  }),
  storeCase('a source shorter than announced is refused, and the writer stays usable', async (store, _elsewhere, scratch) => {
    const path = join(scratch, 'short');
    await writeFile(path, patternBytes(2 * page, 6));
    const whole = patternBytes(3 * page, 6);
    const read = await stored(store, async (writer) => {
      await assertRejects(writer.put({ ...fileObject('f', whole), source: { kind: 'path', path } }), { code: 'HF_FILE_CHANGED' });
      await assertRejects(writer.put({ ...fileObject('f', whole), source: { kind: 'bytes', bytes: whole.subarray(0, 100) } }), {
        code: 'HF_FILE_CHANGED',
      });
      await writer.put(fileObject('g', whole));
    });
    ok((await read('g')).equals(whole));
    await assertRejects(read('f'), { kind: 'not-found' });
  }),
  storeCase('a second put of the same key replaces the first', async (store) => {
    const read = await stored(store, async (writer) => {
      await writer.put(memoryObject('m', patternBytes(20 * page, 7)));
      await writer.put(memoryObject('m', patternBytes(10 * page, 8)));
    });
    ok((await read('m')).equals(patternBytes(10 * page, 8)));
  }),
  storeCase('any text of up to 4,200 bytes is a key', async (store) => {
    const keys = ['', ' ', '/a/b\n', '\u0000', 'ÿþ', 'x'.repeat(4200)];
    const read = await stored(store, async (writer) => {
      for (const [seed, key] of keys.entries()) await writer.put(fileObject(key, patternBytes(100, seed)));
    });
    for (const [seed, key] of keys.entries()) ok((await read(key)).equals(patternBytes(100, seed)));
  }),
  storeCase('a key that is longer than one may be is refused', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    for (const key of ['x'.repeat(4201), '€'.repeat(4200)])
      await assertRejects(writer.put(fileObject(key, patternBytes(10, 1))), { code: 'HF_USAGE' });
  }),
  storeCase('extents that overlap, or lie past the end of a file, are refused', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    const object = fileObject('f', patternBytes(4 * page, 1));
    const extent = { firstPage: 0, pageCount: 2, sourceOffset: 0 };
    await assertRejects(writer.put({ ...object, extents: [extent, { ...extent, firstPage: 1 }] }), { code: 'HF_USAGE' });
    await assertRejects(writer.put({ ...object, extents: [{ ...extent, firstPage: 3 }] }), { code: 'HF_USAGE' });
  }),
  storeCase('whatever object another is said to be like, it comes back byte for byte', async (store) => {
    const origin = patternBytes(40 * page, 1);
    const forked = withChangedPages(origin, [0, 16, 39]);
    const read = await stored(store, async (writer) => {
      await writer.put(memoryObject('origin', origin));
      await writer.put({ ...memoryObject('forked', forked), like: 'origin' });
      await writer.put({ ...memoryObject('elsewhere', forked, 0x1234), like: 'origin' });
      await writer.put({ ...memoryObject('alone', forked), like: 'never there' });
      await writer.put({ ...memoryObject('itself', forked), like: 'itself' });
    });
    ok((await read('origin')).equals(origin));
    for (const key of ['forked', 'elsewhere', 'alone', 'itself']) ok((await read(key)).equals(forked), key);
  }),
  storeCase('whatever lies where the previous pages are said to be, an object comes back byte for byte', async (store, _elsewhere, scratch) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const before = patternBytes(40 * page, 1);
    const [after, nearly] = [Buffer.from(before), Buffer.from(before)];
    for (const changed of [0, 16, 17, 39]) {
      after.writeUInt32LE(changed + 1, changed * page + 8);
      // So near that a difference to it would be smallest of all.
      nearly.writeUInt32LE(changed + 1, changed * page + 8);
      nearly.writeUInt8(after.readUInt8(changed * page + 900) ^ 1, changed * page + 900);
    }
    const [right, wrong, near, short] = await Promise.all(
      Object.entries({
        right: before,
        wrong: patternBytes(40 * page, 2),
        near: nearly,
        short: before.subarray(0, 5000),
      }).map(async ([name, bytes]) => {
        await writeFile(join(scratch, name), bytes);
        return { kind: 'path', path: join(scratch, name) } as const;
      }),
    );
    const gone = { kind: 'path', path: join(scratch, 'gone') } as const;
    const hints = { right, wrong, near, short, gone, bytes: { kind: 'bytes', bytes: before } as const };
    // One at a time, so that each decides by itself how its pages are stored.
    for (const [key, source] of Object.entries(hints)) {
      await using first = await store.begin(epoch, undefined);
      await first.put(memoryObject(key, before));
      const { summary: parent } = await first.commit({});
      await using writer = await store.begin(epoch, parent);
      const object = memoryObject(key, after);
      await writer.put(source === undefined ? object : { ...object, previous: { source, extents: object.extents } });
      const { summary } = await writer.commit({});
      await using reader = await store.open(summary);
      ok(Buffer.from(await reader.read(key)).equals(after), key);
    }
  }),
  storeCase('an object kept has exactly the content of the parent', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const bytes = patternBytes(40 * page, 1);
    const parent = await commitBytes(store, epoch, undefined, bytes);
    await using writer = await store.begin(epoch, parent);
    await writer.keep('memory');
    await writer.put(memoryObject('other', patternBytes(page, 2)));
    const { summary } = await writer.commit({});
    await using reader = await store.open(summary);
    ok(Buffer.from(await reader.read('memory')).equals(bytes));
    await using again = await store.begin(epoch, summary);
    equal((await again.put(memoryObject('memory', withChangedPages(bytes, [3])))).changedPages, 1);
  }),
  storeCase('an object that the parent does not have cannot be kept', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using first = await store.begin(epoch, undefined);
    await assertRejects(first.keep('memory'), { kind: 'not-found' });
    const { summary } = await first.commit({});
    await using second = await store.begin(epoch, summary);
    await assertRejects(second.keep('memory'), { kind: 'not-found' });
  }),
  storeCase('an object dropped is left out; absence is success', async (store) => {
    const read = await stored(store, async (writer) => {
      await writer.put(memoryObject('m', patternBytes(page, 7)));
      await writer.put(memoryObject('n', patternBytes(page, 8)));
      await writer.drop('m');
      await writer.drop('never there');
    });
    await assertRejects(read('m'), { kind: 'not-found' });
    ok((await read('n')).equals(patternBytes(page, 8)));
  }),
];
