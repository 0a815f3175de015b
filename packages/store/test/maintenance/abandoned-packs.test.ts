import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { commitBytes, memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

test('of a job that was given up what was written within a day stays: somebody may still be writing it', async () => {
  await using place = await temporaryPlace();
  const packs = join(place.root, 'jobs/job/packs');
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  await commitBytes(store, epoch, undefined, patternBytes(40 * 4096, 1));
  await using writer = await store.begin(epoch, undefined);
  await writer.put(memoryObject('memory', patternBytes(600 * 4096, 2)));
  const prune = { keep: 0, evenNewest: true, graceMs: 0 };
  await store.prune('job', prune);
  const [old = '', ...others] = (await readdir(packs)).sort();
  await utimes(join(packs, old), new Date(Date.now() - 90_000_000), new Date(Date.now() - 90_000_000));
  expect(others).toHaveLength(1);
  await store.prune('job', prune);
  expect(await readdir(packs)).toEqual(others);
  const { outcome, summary } = await writer.commit({});
  expect(outcome).toBe('committed');
  await using reader = await store.open(summary);
  expect(Buffer.from(await reader.read('memory')).equals(patternBytes(600 * 4096, 2))).toBe(true);
});
