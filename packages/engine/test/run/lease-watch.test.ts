import type { CheckpointStore, Epoch, Lease, MetadataStore } from '@holdfast/core';
import { HoldfastError, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { watchLease } from '../../src/run/lease-watch.js';

const holder = { attempt: 'mine', host: 'here', bootId: 'b', pid: 1, startTicks: 1 };
const leaseOf = (attempt: string, term: number): Lease => ({ job: 'j', holder: { ...holder, attempt }, term, acquiredAt: '', expiresAt: '' });
const lost = new HoldfastError('HF_LEASE_LOST', { message: 'lost', kind: 'conflict' });

/** Watches until `done` says so of what was heard. */
async function watch(catalog: Partial<MetadataStore>, lease: Lease | undefined, done: (heard: readonly (Lease | undefined)[]) => boolean) {
  const [heard, over] = [[] as (Lease | undefined)[], new AbortController()];
  const store: Partial<CheckpointStore> = { assertCurrent: () => Promise.resolve() };
  await watchLease({
    store: store as CheckpointStore,
    catalog: catalog as MetadataStore,
    epoch: { job: 'j', epoch: 1, attempt: 'mine', from: undefined, firstNumber: 1 } satisfies Epoch,
    lease,
    holder,
    ttlMs: 3,
    logger: silentLogger,
    signal: over.signal,
    onLease: (each) => {
      heard.push(each);
      if (done(heard)) over.abort();
    },
    onFenced: () => over.abort(),
  });
  return heard;
}

test('a run without a lease, or whose catalog was lost, takes it as soon as nobody has it', async () => {
  const taken = leaseOf('mine', 2);
  const catalog: Partial<MetadataStore> = {
    renewLease: (lease) => (lease.term === 1 ? Promise.reject(lost) : Promise.resolve(lease)),
    acquireLease: () => Promise.resolve({ acquired: true, lease: taken }),
  };
  expect(await watch(catalog, leaseOf('mine', 1), (heard) => heard.length === 3)).toEqual([undefined, taken, taken]);
  expect(await watch(catalog, undefined, (heard) => heard.length === 2)).toEqual([taken, taken]);
});

test("another attempt's lease is left alone", async () => {
  const calls: string[] = [];
  const catalog: Partial<MetadataStore> = {
    renewLease: () => Promise.reject(lost),
    acquireLease: (_job, who) => {
      calls.push(who.attempt);
      return Promise.resolve({ acquired: false, current: leaseOf('theirs', 5) });
    },
  };
  expect(await watch(catalog, leaseOf('mine', 1), (heard) => heard.length === 3)).toEqual([undefined, undefined, undefined]);
  expect(calls).toEqual(['mine', 'mine']);
});
