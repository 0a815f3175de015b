import { type CheckpointStore, type Epoch, HoldfastError, systemClock } from '@holdfast/core';
import { expect, test } from 'vitest';
import type { RunEventBody } from '../../src/run/events.js';
import { noteEnd } from '../../src/run/job-end.js';

const failure = (kind: 'timeout' | 'unavailable') =>
  new HoldfastError(kind === 'timeout' ? 'HF_STORAGE_TIMEOUT' : 'HF_STORAGE_IO', { kind, message: 'it did not answer' });

/** How often the storage is asked that fails so often, and what is told. */
async function noted(failures: readonly HoldfastError[]): Promise<{ asked: number; events: readonly RunEventBody[] }> {
  const events: RunEventBody[] = [];
  let asked = 0;
  const end = () => {
    asked += 1;
    const next = failures[asked - 1];
    return next === undefined ? Promise.resolve() : Promise.reject(next);
  };
  const cause = new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'the bucket refuses' });
  const environment = {
    store: { end } as Partial<CheckpointStore> as CheckpointStore,
    clock: systemClock,
    watchTrouble: async () => async () => cause,
  };
  await noteEnd(environment, { epoch: 1 } as Epoch, 0, (event) => void events.push(event));
  return { asked, events };
}

test('a storage that was not there for a moment is asked again', async () => {
  expect(await noted([failure('unavailable')])).toEqual({ asked: 2, events: [] });
});

test('a storage that let the whole time of a call pass is not asked again, and the cause is told', async () => {
  expect(await noted([failure('timeout'), failure('timeout')])).toEqual({
    asked: 1,
    events: [
      expect.objectContaining({
        type: 'warning',
        code: 'HF_CLOUD_DENIED',
        message: "the job's end was not written to the storage: it did not answer: the bucket refuses",
      }),
    ],
  });
});
