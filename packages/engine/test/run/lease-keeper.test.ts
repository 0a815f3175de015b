import { hostname } from 'node:os';
import { HoldfastError, type Lease, type LeaseHolder, type MetadataStore, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { ownProcessIdentity } from '../../src/container/process-identity.js';
import { takeLease } from '../../src/run/lease-keeper.js';

const self: LeaseHolder = { attempt: 'mine', host: hostname(), ...ownProcessIdentity() };
/** Nothing of it is known on this machine. */
const far: LeaseHolder = { attempt: 'other', host: 'node-b', bootId: 'its boot', pid: 2 ** 22 + 1, startTicks: 1 };
const options = { ttlMs: 200, logger: silentLogger };

function leaseOf(holder: LeaseHolder, expiresAt = '2026-01-01T00:00:30.000Z'): Lease {
  return { job: 'j', holder, term: 1, acquiredAt: '2026-01-01T00:00:00.000Z', expiresAt };
}

/** Answers each acquisition with the next of the list (the last one again and again); undefined gives the lease. */
function catalog(...currents: readonly (Lease | undefined)[]): { readonly store: MetadataStore; readonly broken: Lease[]; calls: number } {
  const state = { broken: [] as Lease[], calls: 0 };
  const store: Partial<MetadataStore> = {
    acquireLease: (_job, holder) => {
      const current = currents[Math.min(state.calls, currents.length - 1)];
      state.calls += 1;
      if (current === undefined || state.broken.includes(current)) return Promise.resolve({ acquired: true, lease: leaseOf(holder) });
      return Promise.resolve({ acquired: false, current });
    },
    breakLease: (lease) => {
      state.broken.push(lease);
      return Promise.resolve(true);
    },
  };
  return {
    store: store as MetadataStore,
    broken: state.broken,
    get calls() {
      return state.calls;
    },
  };
}

test('a living holder of this machine is named, with since when', async () => {
  const other = { ...self, attempt: 'other' };
  await expect(takeLease(catalog(leaseOf(other)).store, 'j', self, options)).rejects.toMatchObject({
    code: 'HF_JOB_HELD',
    kind: 'conflict',
    message: `job j is already run by process ${process.pid} on ${hostname()} since 2026-01-01T00:00:00.000Z`,
    hint: 'wait for it, stop it, or give this one another name with --job',
  });
  await expect(takeLease(catalog(leaseOf(other)).store, 'j', self, { ...options, namedBy: 'HOLDFAST_JOB' })).rejects.toMatchObject({
    hint: 'wait for it, stop it, or give this one another name with HOLDFAST_JOB',
  });
});

test.each([
  ['whose process is gone', { ...self, pid: 2 ** 22 + 1 }],
  ['whose process number now belongs to another process', { ...self, startTicks: self.startTicks + 1 }],
  ['from before the last boot', { ...self, bootId: 'another boot' }],
])('a dead holder of this machine %s gives way at once', async (_name, holder) => {
  const fake = catalog(leaseOf({ ...holder, attempt: 'dead' }));
  expect((await takeLease(fake.store, 'j', self, options))?.holder.attempt).toBe('mine');
  expect(fake.calls).toBe(2);
});

test('a holder on another machine that renews is refused without waiting for its lease to end', async () => {
  const fake = catalog(leaseOf(far), leaseOf(far, '2026-01-01T00:00:31.000Z'));
  await expect(takeLease(fake.store, 'j', self, options)).rejects.toMatchObject({ code: 'HF_JOB_HELD' });
  expect(fake.calls).toBe(2);
});

test('a holder on another machine that renews no more is waited out, and never broken', async () => {
  const elsewhere = leaseOf(far);
  const fake = catalog(elsewhere, elsewhere, elsewhere, undefined);
  expect((await takeLease(fake.store, 'j', self, options))?.holder.attempt).toBe('mine');
  expect(fake.broken).toEqual([]);
});

test('without a catalog the job runs all the same', async () => {
  const store: Partial<MetadataStore> = {
    acquireLease: () => Promise.reject(new HoldfastError('HF_CATALOG_UNAVAILABLE', { message: 'down', kind: 'unavailable' })),
  };
  expect(await takeLease(store as MetadataStore, 'j', self, options)).toBeUndefined();
});

test('an abort ends the wait', async () => {
  const elsewhere = leaseOf(far);
  const controller = new AbortController();
  const waiting = takeLease(catalog(elsewhere).store, 'j', self, { ...options, ttlMs: 100_000, signal: controller.signal });
  setTimeout(() => controller.abort(), 10);
  await expect(waiting).rejects.toMatchObject({ code: 'HF_ABORTED' });
});
