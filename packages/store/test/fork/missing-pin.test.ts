import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { family, moveOn } from './family.js';

test('a pin that a fork needs and that is missing is told, until it is made anew or needed no more', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const store = await openRepository({ root, create: true });
  await family(store);
  const pin = join(root, 'jobs/first/pins/0000000001.fork.0000000001.second');
  // Of a fork that was killed before it made its pin: nothing needs it.
  await writeFile(join(root, 'jobs/second/epochs/0000000009.from.0000000001.first'), '');
  expect((await store.verify(undefined)).problems).toEqual([]);
  await rm(pin);
  const told = { job: 'second', code: 'HF_EPOCH_CORRUPT', file: pin, message: expect.stringContaining('make the file anew') as string };
  expect((await store.verify(undefined)).problems).toMatchObject([told]);
  await writeFile(pin, '');
  expect((await store.verify(undefined)).problems).toEqual([]);
  await store.prune('first', { keep: 1, graceMs: 0 });
  expect((await store.list('first')).map(({ number }) => number)).toEqual([2, 1]);
  await rm(pin);
  await moveOn(store, 'second');
  await store.prune('second', { keep: 1, graceMs: 0 });
  expect((await store.verify(undefined)).problems).toEqual([]);
});
