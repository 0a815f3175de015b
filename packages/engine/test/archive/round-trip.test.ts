import { readdir } from 'node:fs/promises';
import { pageSizeBytes } from '@holdfast/core';
import { expect, test } from 'vitest';
import { contentOf, exported, imported, openPlaces, pagemapOf, takeSnapshot } from './archives.js';

test('what is imported is what was exported, object by object and byte by byte', async () => {
  await using places = await openPlaces();
  const number = await takeSnapshot(places.here);
  const { summary, source } = await imported(places, await exported(places, number));
  expect(source).toMatchObject({ repository: places.here.repositoryId, job: 'job', number });
  expect(summary).toMatchObject({ job: 'new', number: 1, eligible: true });
  expect(await contentOf(places.there, 'new', 1)).toEqual(await contentOf(places.here, 'job', number));
  expect(await places.there.verify('new')).toMatchObject({ ok: true });
  expect(await places.there.state('new')).toMatchObject({ newest: 1 });
});

test('an object larger than what is held in memory goes by a file, of which nothing is left', async () => {
  await using places = await openPlaces();
  const bytes = Buffer.alloc(9 * 1024 * 1024 + 5, 'large');
  const extents = [{ firstPage: 0, pageCount: Math.ceil(bytes.length / pageSizeBytes), sourceOffset: 0 }];
  const pagemap = pagemapOf(9);
  const number = await takeSnapshot(places.here, 'job', [
    { key: 'image/large.img', kind: 'image', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents },
    {
      key: 'image/pagemap-9.img',
      kind: 'image',
      sizeBytes: pagemap.length,
      source: { kind: 'bytes', bytes: pagemap },
      extents: [{ firstPage: 0, pageCount: 1, sourceOffset: 0 }],
    },
  ]);
  await imported(places, await exported(places, number));
  expect(await contentOf(places.there, 'new', 1)).toEqual(await contentOf(places.here, 'job', number));
  expect((await readdir(places.folder)).toSorted()).toEqual(['here', 'there']);
});

test('an object that no file table lists comes along, holes and all', async () => {
  await using places = await openPlaces();
  const bytes = Buffer.alloc(40_000, 'stray');
  const number = await takeSnapshot(places.here, 'job', [
    {
      key: 'file/another/stray',
      kind: 'file',
      sizeBytes: bytes.length,
      source: { kind: 'bytes', bytes },
      extents: [{ firstPage: 2, pageCount: 1, sourceOffset: 2 * pageSizeBytes }],
    },
  ]);
  await imported(places, await exported(places, number));
  expect(await contentOf(places.there, 'new', 1)).toEqual(await contentOf(places.here, 'job', number));
});
