import { type CheckpointStore, type Epoch, type PruneReport, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import type { RunEventBody } from '../../src/run/events.js';
import { pruneOld } from '../../src/run/prune-old.js';

const report: PruneReport = { removed: [{ number: 1, reason: 'keep' }], waiting: [], removedFiles: 1, freedBytes: 7, rewrittenPacks: 0 };

type Prune = (...call: Parameters<CheckpointStore['prune']>) => Promise<PruneReport>;

/** Prunes with a storage of this kind; tells the events. */
async function pruned(prune: Prune, signal: AbortSignal, lastMs?: number): Promise<readonly RunEventBody[]> {
  const events: RunEventBody[] = [];
  const context = {
    store: { prune } as unknown as CheckpointStore,
    job: 'job',
    epoch: { epoch: 4 } as Epoch,
    signal,
    emit: (event: RunEventBody) => void events.push(event),
    logger: silentLogger,
  };
  await pruneOld(context, { keep: 1, graceMs: 5, lastMs });
  return events;
}

const told = [{ type: 'snapshots.pruned', numbers: [1], freedBytes: 7 }];

test('a job that ended before the removal of old snapshots began, or while it goes on, does not break it off', async () => {
  const prune: Prune = (_job, _policy, options) =>
    options?.signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve(report);
  expect(await pruned(prune, AbortSignal.abort())).toEqual(told);
  const over = new AbortController();
  const slow: Prune = async (...call) => {
    over.abort();
    return await prune(...call);
  };
  expect(await pruned(slow, over.signal)).toEqual(told);
});

test('a removal that does not end is broken off some time after the job', async () => {
  const prune: Prune = (_job, _policy, options) =>
    new Promise((_, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
  expect(await pruned(prune, AbortSignal.abort(), 1)).toEqual([]);
});

test("it is this attempt's epoch that it is asked under", async () => {
  const policies: unknown[] = [];
  const prune: Prune = (_job, policy) => {
    policies.push(policy);
    return Promise.resolve(report);
  };
  await pruned(prune, new AbortController().signal);
  expect(policies).toEqual([{ keep: 1, graceMs: 5, epoch: 4 }]);
});
