import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Lease, MetadataStore } from '@holdfast/core';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { acquired, expired, holder, type MetadataStoreFixture } from './fixture.js';
import { storeCase } from './store-case.js';

const hourMs = 3_600_000;

export const leaseCases: readonly ContractCase<MetadataStoreFixture>[] = [
  storeCase('a free lease is given for the time asked', async (store) => {
    const lease = await acquired(store, 'job', 'a', hourMs);
    equal(lease.job, 'job');
    deepEqual(lease.holder, holder('a'));
    ok(lease.term >= 1);
    equal(Date.parse(lease.expiresAt) - Date.parse(lease.acquiredAt), hourMs);
    deepEqual(await store.currentLease('job'), lease);
  }),
  storeCase('of callers at the same time exactly one gets the lease, and the others are told who', async (store, elsewhere) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const outcomes = await Promise.all(names.map((name, index) => (index % 2 === 0 ? store : elsewhere).acquireLease('job', holder(name), hourMs)));
    const winners = outcomes.flatMap((outcome) => (outcome.acquired ? [outcome.lease] : []));
    equal(winners.length, 1);
    for (const outcome of outcomes) if (!outcome.acquired) deepEqual(outcome.current, winners[0]);
  }),
  storeCase('a lease held by another attempt is not given: the holder is, without an error', async (store, elsewhere) => {
    const lease = await acquired(store, 'job', 'a');
    deepEqual(await elsewhere.acquireLease('job', holder('b'), hourMs), { acquired: false, current: lease });
    deepEqual(await store.currentLease('job'), lease);
  }),
  storeCase('the same attempt again renews and keeps the term', async (store, elsewhere) => {
    const lease = await acquired(store, 'job', 'a', 1000);
    // By then another time would be seen as such.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const again = await acquired(elsewhere, 'job', 'a', hourMs);
    equal(again.term, lease.term);
    equal(again.acquiredAt, lease.acquiredAt);
    ok(again.expiresAt > lease.expiresAt);
  }),
  storeCase('an expired lease is given to another attempt, with a higher term', async (store, elsewhere) => {
    const lease = await acquired(store, 'job', 'a', 20);
    await expired(store, 'job');
    const next = await acquired(elsewhere, 'job', 'b');
    ok(next.term > lease.term);
    deepEqual(next.holder, holder('b'));
  }),
  storeCase('the term grows with each acquisition and never repeats', async (store, elsewhere) => {
    const terms: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const lease = await acquired(round % 2 === 0 ? store : elsewhere, 'job', 'a');
      terms.push(lease.term);
      if (round % 2 === 0) await store.releaseLease(lease);
      else await elsewhere.breakLease(lease);
    }
    deepEqual(
      terms,
      [...new Set(terms)].sort((a, b) => a - b),
    );
  }),
  storeCase("different jobs' leases are independent", async (store) => {
    await acquired(store, 'job', 'a');
    await acquired(store, 'job ', 'b');
    await acquired(store, 'JOB', 'c');
    equal((await store.currentLease('job'))?.holder.attempt, 'a');
    equal((await store.currentLease('JOB'))?.holder.attempt, 'c');
  }),
  storeCase('renewal prolongs by the time given and keeps the term', async (store, elsewhere) => {
    const lease = await acquired(store, 'job', 'a', 1000);
    const renewed = await elsewhere.renewLease(lease, hourMs);
    ok(Date.parse(renewed.expiresAt) - Date.parse(lease.acquiredAt) >= hourMs);
    deepEqual({ ...renewed, expiresAt: '' }, { ...lease, expiresAt: '' });
    deepEqual(await store.currentLease('job'), renewed);
  }),
  storeCase('an expired lease that nobody took is renewed', async (store) => {
    const lease = await acquired(store, 'job', 'a', 20);
    await expired(store, 'job');
    equal((await store.renewLease(lease, hourMs)).term, lease.term);
    equal((await store.currentLease('job'))?.holder.attempt, 'a');
  }),
  storeCase('renewal of a lease that another took rejects with HF_LEASE_LOST and leaves the other alone', async (store, elsewhere) => {
    const lease = await acquired(store, 'job', 'a', 20);
    await expired(store, 'job');
    const next = await acquired(elsewhere, 'job', 'b');
    await assertRejects(store.renewLease(lease, hourMs), { code: 'HF_LEASE_LOST', kind: 'conflict' });
    deepEqual(await store.currentLease('job'), next);
  }),
  storeCase('renewal of a lease that was released or broken rejects with HF_LEASE_LOST', async (store, elsewhere) => {
    const released = await acquired(store, 'job', 'a');
    await store.releaseLease(released);
    await assertRejects(store.renewLease(released, hourMs), { code: 'HF_LEASE_LOST' });
    const broken = await acquired(store, 'job', 'b');
    await elsewhere.breakLease(broken);
    await assertRejects(store.renewLease(broken, hourMs), { code: 'HF_LEASE_LOST' });
    equal(await store.currentLease('job'), undefined);
  }),
  storeCase('renewal of an earlier term, or of the term under another name, rejects with HF_LEASE_LOST', async (store, elsewhere) => {
    const { lease, next } = await takenAgain(store, elsewhere);
    await assertRejects(store.renewLease(lease, 2 * hourMs), { code: 'HF_LEASE_LOST' });
    await assertRejects(store.renewLease({ ...next, holder: holder('b') }, 2 * hourMs), { code: 'HF_LEASE_LOST' });
    deepEqual(await store.currentLease('again'), next);
  }),
  storeCase('release frees the lease; a repeat is harmless', async (store, elsewhere) => {
    const lease = await acquired(store, 'job', 'a');
    await store.releaseLease(lease);
    equal(await elsewhere.currentLease('job'), undefined);
    await store.releaseLease(lease);
    await acquired(elsewhere, 'job', 'b');
  }),
  storeCase('release of a lease that is no longer held leaves the one that is', async (store, elsewhere) => {
    const { lease, next } = await takenOver(store, elsewhere);
    await store.releaseLease(lease);
    deepEqual(await store.currentLease('job'), next);
    const { lease: own, next: ownNext } = await takenAgain(store, elsewhere);
    await store.releaseLease(own);
    deepEqual(await store.currentLease('again'), ownNext);
  }),
  storeCase('break frees that very term only, and tells whether it did', async (store, elsewhere) => {
    const { lease, next } = await takenOver(store, elsewhere);
    equal(await store.breakLease(lease), false);
    deepEqual(await store.currentLease('job'), next);
    equal(await store.breakLease(next), true);
    equal(await store.currentLease('job'), undefined);
    equal(await store.breakLease(next), false);
    const { lease: own, next: ownNext } = await takenAgain(store, elsewhere);
    equal(await store.breakLease(own), false);
    deepEqual(await store.currentLease('again'), ownNext);
  }),
  storeCase('there is no current lease where it is free, expired or was never taken', async (store) => {
    equal(await store.currentLease('never'), undefined);
    await acquired(store, 'job', 'a', 20);
    await expired(store, 'job');
    const lease = await acquired(store, 'job', 'b');
    await store.releaseLease(lease);
    equal(await store.currentLease('job'), undefined);
  }),
  storeCase('a time to live that is no whole number of milliseconds above zero, or above 24 days, is refused', async (store) => {
    const lease = await acquired(store, 'job', 'a');
    for (const ttlMs of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      await assertRejects(store.acquireLease('other', holder('a'), ttlMs), { kind: 'invalid-argument' });
      await assertRejects(store.renewLease(lease, ttlMs), { kind: 'invalid-argument' });
    }
    equal(await store.currentLease('other'), undefined);
  }),
];

interface TwoTerms {
  readonly lease: Lease;
  readonly next: Lease;
}

/** A lease that ran out and was given to another attempt. */
async function takenOver(store: MetadataStore, elsewhere: MetadataStore): Promise<TwoTerms> {
  const lease = await acquired(store, 'job', 'a', 20);
  await expired(store, 'job');
  return { lease, next: await acquired(elsewhere, 'job', 'b') };
}

/** A lease that was released and given to the same attempt again. */
async function takenAgain(store: MetadataStore, elsewhere: MetadataStore): Promise<TwoTerms> {
  const lease = await acquired(store, 'again', 'a');
  await store.releaseLease(lease);
  return { lease, next: await acquired(elsewhere, 'again', 'a') };
}
