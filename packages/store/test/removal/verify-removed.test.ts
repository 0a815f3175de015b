import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });
const newest = { kind: 'newest' } as const;

test('a job whose name was removed before, however often, is whole; an epoch that it lacks since then is told', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  for (let time = 1; time <= 3; time += 1) {
    await commitBytes(store, await store.claim('job', holder('a'), newest), undefined, patternBytes(8192, time));
    expect((await store.verify(undefined)).problems, `begun ${time} times`).toEqual([]);
    if (time < 3) await store.remove('job', holder('r'));
  }
  const next = await store.claim('job', holder('b'), newest);
  expect(next.epoch).toBe(6);
  await rm(join(place.root, 'jobs/job/epochs/0000000005'));
  expect((await store.verify(undefined)).problems).toMatchObject([
    { code: 'HF_EPOCH_CORRUPT', file: join(place.root, 'jobs/job/epochs/0000000005') },
  ]);
});
