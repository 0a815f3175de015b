import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckpointStore, HoldfastError, type Lease, type LeaseHolder, type MetadataStore, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { removeJob } from '../../src/deployment/remove-job.js';

/** Removes a job of a storage that takes until `removing` is done; each renewal of the lease is told to `renew`. */
async function removeWhile(
  renew: (lease: Lease, renewals: number) => Lease,
  removing: (signal: AbortSignal | undefined, renewed: (count: number) => Promise<void>) => Promise<void>,
): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-lease-'));
  let renewals = 0;
  const waiting: { readonly count: number; readonly done: () => void }[] = [];
  const catalog: Partial<MetadataStore> = {
    getJob: () => Promise.resolve(undefined),
    acquireLease: (job: string, holder: LeaseHolder) =>
      Promise.resolve({ acquired: true, lease: { job, holder, term: 1, acquiredAt: '', expiresAt: '' } }),
    renewLease: async (lease) => {
      renewals += 1;
      for (const { count, done } of waiting) if (count <= renewals) done();
      return await Promise.resolve().then(() => renew(lease, renewals));
    },
    releaseLease: () => Promise.resolve(),
  };
  const store: Partial<CheckpointStore> = {
    repositoryId: 'r',
    jobs: () => Promise.resolve(['job']),
    remove: async (_job, _holder, options) => {
      await removing(options?.signal, (count) => (count <= renewals ? Promise.resolve() : new Promise((done) => waiting.push({ count, done }))));
      return { snapshots: 1, freedBytes: 1, gone: true };
    },
  };
  try {
    return await removeJob(
      {
        stateDirectory: folder,
        leaseTtlMs: 30,
        logger: silentLogger,
        store: () => Promise.resolve(store as CheckpointStore),
        catalog: () => Promise.resolve(catalog as MetadataStore),
      },
      'job',
      false,
      {},
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a removal renews its lease for as long as it takes, each time the one that it was given last', async () => {
  const terms: number[] = [];
  const outcome = await removeWhile(
    (lease, renewals) => {
      terms.push(lease.term);
      return { ...lease, term: 1 + renewals };
    },
    (_signal, renewed) => renewed(4),
  );
  expect(outcome).toMatchObject({ snapshots: 1 });
  expect(terms.slice(0, 4)).toEqual([1, 2, 3, 4]);
});

test('a removal whose lease is lost is called off and says so; a catalog that does not answer calls nothing off', async () => {
  const lost = new HoldfastError('HF_LEASE_LOST', { message: 'lost', kind: 'fenced' });
  const silent = new HoldfastError('HF_CATALOG_UNAVAILABLE', { message: 'no answer', kind: 'unavailable' });
  const failing = (error: HoldfastError) => (): Lease => {
    throw error;
  };
  const untilAborted = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(new HoldfastError('HF_ABORTED', { message: 'off', kind: 'aborted' }))),
    );
  await expect(removeWhile(failing(lost), untilAborted)).rejects.toMatchObject({ code: 'HF_JOB_HELD', context: { job: 'job' } });
  await expect(removeWhile(failing(silent), (_signal, renewed) => renewed(2))).resolves.toMatchObject({ job: 'job' });
});

test('a job that another attempt claims while it is removed is told as one that is held', async () => {
  const fenced = new HoldfastError('HF_FENCED', { message: 'epoch 2 was claimed by another attempt', kind: 'fenced' });
  const outcome = removeWhile(
    (lease) => lease,
    () => Promise.reject(fenced),
  );
  await expect(outcome).rejects.toMatchObject({ code: 'HF_JOB_HELD', cause: fenced });
});
