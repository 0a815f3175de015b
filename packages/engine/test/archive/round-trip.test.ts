import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { type ObjectInput, pageSizeBytes } from '@holdfast/core';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { image, magics, message } from '../images/image-bytes.js';
import { contentOf, exported, imported, openPlaces, pagemapOf, takeSnapshot } from './archives.js';
import { membersOf, packed } from './forge.js';

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

test('what a fork has in common is stored once, as it was where it was exported', async () => {
  await using places = await openPlaces();
  const bytes = patternBytes(400 * pageSizeBytes, 7);
  const whole = (content: Buffer) => [{ firstPage: 0, pageCount: Math.ceil(content.length / pageSizeBytes), sourceOffset: 0 }];
  const put = (key: string, kind: ObjectInput['kind'], content: Buffer, like?: string): ObjectInput => ({
    key,
    kind,
    sizeBytes: content.length,
    source: { kind: 'bytes', bytes: content },
    extents: whole(content),
    ...(like === undefined ? {} : { like }),
  });
  const process = (pid: number, parent: number): Buffer => message([1, pid], [2, parent], [3, 1], [4, 1], [5, pid]);
  const space = image(magics.mm, message([1, 0], [12, 5]));
  await takeSnapshot(places.here, 'job', [
    put('memory/40', 'memory', bytes),
    put('memory/41', 'memory', bytes, 'memory/40'),
    put('image/pagemap-40.img', 'image', pagemapOf(40, [0, 400])),
    put('image/pagemap-41.img', 'image', pagemapOf(41, [0, 400])),
    put('image/pstree.img', 'image', image(magics.tree, process(40, 0), process(41, 40))),
    put('image/mm-40.img', 'image', space),
    put('image/mm-41.img', 'image', space),
  ]);
  const { summary } = await imported(places, await exported(places, 1));
  const [original] = await places.here.list('job');
  expect(original?.storedBytes).toBeLessThan(2 * bytes.length);
  expect(summary.storedBytes).toBeLessThan(1.5 * bytes.length);
  expect(await contentOf(places.there, 'new', 1)).toEqual(await contentOf(places.here, 'job', 1));
});

test('a fork is exported whole, although its blocks are those of another job', async () => {
  await using places = await openPlaces();
  const number = await takeSnapshot(places.here);
  const fork = await places.here.fork({ job: 'job' }, 'forked', { attempt: 'a2', host: 'here', pid: 2 });
  await imported(places, await exported(places, fork.number, 'forked'));
  expect(await contentOf(places.there, 'new', 1)).toEqual(await contentOf(places.here, 'job', number));
});

test('any snapshot can be exported, an older one and one that a later attempt left behind', async () => {
  await using places = await openPlaces();
  const taken = [await takeSnapshot(places.here), await takeSnapshot(places.here), await takeSnapshot(places.here)];
  const listed = await places.here.list('job');
  expect(listed.map(({ number, eligible }) => [number, eligible])).toEqual([
    [3, true],
    [2, false],
    [1, false],
  ]);
  for (const number of taken) {
    const { summary, source } = await imported(places, await exported(places, number), { job: `from-${number}` });
    expect(source).toMatchObject({ number });
    expect(summary.createdAt).toBe(listed.find((one) => one.number === number)?.createdAt);
  }
});

test('an imported snapshot is of the instant that it was taken at', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  const taken = '2020-02-29T23:59:59.999Z';
  const members = await membersOf(archive);
  const [original] = await places.here.list('job');
  const manifest = members.find(({ name }) => name === 'holdfast/manifest.json')?.body.toString() ?? '';
  const body = Buffer.from(manifest.replace(original?.createdAt ?? '', taken));
  const digests = JSON.parse(members.find(({ name }) => name === 'holdfast/digests.json')?.body.toString() ?? '') as object;
  const own = new Map([
    ['holdfast/manifest.json', body],
    ['holdfast/digests.json', Buffer.from(JSON.stringify({ ...digests, manifest: createHash('sha256').update(body).digest('hex') }))],
  ]);
  const old = await packed(members.map((member) => ({ ...member, body: own.get(member.name) ?? member.body })));
  const { summary } = await imported(places, old);
  expect([summary.createdAt, (await places.there.list('new'))[0]?.createdAt]).toEqual([taken, taken]);
});
