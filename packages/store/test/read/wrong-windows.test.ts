import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { GrowingSegments } from '../../src/manifest/growing-segments.js';
import { decodeManifest, encodeManifest } from '../../src/manifest/manifest-codec.js';
import { saying, temporaryPlace } from '../fixture.js';

test('a sealed manifest that points to another page of a good block is refused by the window hash', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const { number } = await commitBytes(store, epoch, undefined, patternBytes(32 * 4096, 1));
  const path = join(place.root, 'jobs/job/manifests/0000000001.0000000001.a.manifest');
  const { summary, ...body } = decodeManifest(path, await readFile(path));
  // Pages 16 and 17 change places; their block and its digest are right.
  const segments = new GrowingSegments();
  segments.append(0, 0, 16);
  segments.append(0, 17, 1);
  segments.append(0, 16, 1);
  segments.append(0, 18, 14);
  await writeFile(path, encodeManifest(summary, { ...body, objects: body.objects.map((map) => ({ ...map, segments })) }, undefined));
  await using reader = await store.open({ job: 'job', number });
  await expect(reader.read('memory')).rejects.toMatchObject({ code: 'HF_PACK_CORRUPT', message: saying('does not have its hash once rebuilt') });
  expect((await store.verify('job')).problems).toMatchObject([{ number, code: 'HF_PACK_CORRUPT' }]);
});
