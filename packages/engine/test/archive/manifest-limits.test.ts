import { expect, test } from 'vitest';
import { manifestPartsLimit } from '../../src/archive/archive-format.js';
import { encodeArchiveManifest, parseArchiveManifest } from '../../src/archive/archive-manifest.js';
import { countJsonParts } from '../../src/archive/json-parts.js';
import { exported, imported, openPlaces, takeSnapshot } from './archives.js';
import { membersOf, packed } from './forge.js';

const source = { repository: 'r', job: 'job', number: 7, createdAt: '2026-01-01T00:00:00.000Z' };

function manyRuns(count: number) {
  const runs = Array.from({ length: count }, (_, number) => ({ firstPage: 2 * number, pageCount: 1 }));
  return { source, metadata: {}, objects: [{ key: 'memory/1', kind: 'memory' as const, sizeBytes: count * 4096, runs, member: 'm' }] };
}

test.each([
  ['pages in runs', '1,'],
  ['arrays', '[],'],
  ['objects', '{},'],
  ['texts', '"",'],
])('a manifest of a hundred megabytes of %s is refused before any is made', async (_what, unit) => {
  await using places = await openPlaces();
  const members = await membersOf(await exported(places, await takeSnapshot(places.here)));
  const manifest = members.find(({ name }) => name === 'holdfast/manifest.json')?.body.toString() ?? '';
  const at = manifest.indexOf('"runs":[') + '"runs":['.length;
  const filler = Buffer.alloc(Math.floor(100_000_000 / unit.length) * unit.length, unit);
  const body = Buffer.concat([Buffer.from(manifest.slice(0, at)), filler, Buffer.from(manifest.slice(at))]);
  const archive = await packed(members.map((member) => (member.name === 'holdfast/manifest.json' ? { ...member, body } : member)));
  const parts = expect.stringMatching(/has \d{8} parts, and no archive has more than 8388608/u) as string;
  await expect(imported(places, archive)).rejects.toMatchObject({ code: 'HF_ARCHIVE_CORRUPT', message: parts });
  expect(await places.there.jobs()).toEqual([]);
});

test('what an import would refuse for its size is not exported', () => {
  expect(() => encodeArchiveManifest(manyRuns(manifestPartsLimit / 2 + 1))).toThrow(
    /snapshot 7 of job job has 1 files and memories in 4194305 runs/u,
  );
  const whole = manyRuns(300_000);
  expect(parseArchiveManifest(encodeArchiveManifest(whole))).toEqual(whole);
});

test('every value of a text counts, at least once', () => {
  const texts = ['[]', '{}', '[1,2,[3]]', '{"a":{"b":[{}]}}', '["a,b"]'];
  expect(texts.map((text) => countJsonParts(Buffer.from(text)))).toEqual([1, 1, 4, 4, 2]);
});
