import type { Lease, LeaseHolder, LeaseOutcome } from '@holdfast/core';
import { sql } from 'kysely';
import { leaseLost } from '../calls/lease-lost.js';
import type { Leases } from '../calls/parts.js';
import { type LeaseRow, readLease } from './rows.js';
import type { CatalogDatabase } from './schema.js';
import type { CatalogTransaction, Session } from './session.js';

interface HeldLease {
  readonly lease: Lease;
  readonly expired: boolean;
}

export function createLeases(session: Session): Leases {
  return {
    acquireLease: async (job, holder, ttlMs, options) => {
      return session.write('catalog.acquireLease', (trx) => acquire(session, trx, { job, holder, ttlMs }), options);
    },
    renewLease: async (lease, ttlMs, options) => {
      return session.write('catalog.renewLease', (trx) => renew(session, trx, lease, ttlMs), options);
    },
    releaseLease: async (lease, options) => {
      await session.write('catalog.releaseLease', (trx) => free(trx, lease), options);
    },
    breakLease: (lease, options) =>
      session.write(
        'catalog.breakLease',
        // Free with its term unchanged: the run before did it, for the holder is dead.
        async (trx, again) => (await free(trx, lease)) || (again && (await isFree(trx, lease))),
        options,
      ),
    currentLease: (job, options) =>
      session.read(
        'catalog.currentLease',
        async (db) => {
          const held = await readHeld(db, job, await now(session, db));
          return held === undefined || held.expired ? undefined : held.lease;
        },
        options,
      ),
  };
}

async function acquire(
  session: Session,
  trx: CatalogTransaction,
  wanted: { job: string; holder: LeaseHolder; ttlMs: number },
): Promise<LeaseOutcome> {
  const { job, holder, ttlMs } = wanted;
  const term = await lockRow(trx, job);
  const nowMs = await now(session, trx);
  const held = await readHeld(trx, job, nowMs);
  const mine = held?.lease.holder.attempt === holder.attempt;
  if (held !== undefined && !held.expired && !mine) return { acquired: false, current: held.lease };
  const acquiredAtMs = held !== undefined && mine ? Date.parse(held.lease.acquiredAt) : nowMs;
  const next = { job, holder, term: mine ? term : term + 1, acquiredAtMs, expiresAtMs: nowMs + ttlMs };
  await trx
    .updateTable('hf_leases')
    .set({
      term: next.term,
      attempt: holder.attempt,
      holder: JSON.stringify(holder),
      acquired_at_ms: next.acquiredAtMs,
      expires_at_ms: next.expiresAtMs,
    })
    .where('job', '=', job)
    .execute();
  return { acquired: true, lease: toLease(next) };
}

async function renew(session: Session, trx: CatalogTransaction, lease: Lease, ttlMs: number): Promise<Lease> {
  await lockRow(trx, lease.job);
  const nowMs = await now(session, trx);
  const held = await readHeld(trx, lease.job, nowMs);
  if (held?.lease.term !== lease.term || held.lease.holder.attempt !== lease.holder.attempt) throw leaseLost(lease, held?.lease);
  const expiresAtMs = nowMs + ttlMs;
  await trx.updateTable('hf_leases').set({ expires_at_ms: expiresAtMs }).where('job', '=', lease.job).execute();
  return { ...held.lease, expiresAt: new Date(expiresAtMs).toISOString() };
}

async function free(trx: CatalogTransaction, lease: Lease): Promise<boolean> {
  const result = await trx
    .updateTable('hf_leases')
    .set({ attempt: null })
    .where('job', '=', lease.job)
    .where('term', '=', lease.term)
    .where('attempt', '=', lease.holder.attempt)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

async function isFree(trx: CatalogTransaction, { job, term }: Lease): Promise<boolean> {
  const row = await trx.selectFrom('hf_leases').select(['term', 'attempt']).where('job', '=', job).executeTakeFirst();
  return row !== undefined && row.attempt === null && row.term === term;
}

/** Writes to the row before anything is read, so that every database locks it for this transaction; tells its term. */
async function lockRow(trx: CatalogTransaction, job: string): Promise<number> {
  const locked = await trx
    .updateTable('hf_leases')
    .set((row) => ({ term: row.ref('term') }))
    .where('job', '=', job)
    .executeTakeFirst();
  if (locked.numUpdatedRows === 0n) {
    await trx.insertInto('hf_leases').values({ job, term: 0, attempt: null, holder: '{}', acquired_at_ms: 0, expires_at_ms: 0 }).execute();
    return 0;
  }
  return (await trx.selectFrom('hf_leases').select('term').where('job', '=', job).executeTakeFirstOrThrow()).term;
}

async function readHeld(db: CatalogDatabase, job: string, nowMs: number): Promise<HeldLease | undefined> {
  const row = await db.selectFrom('hf_leases').selectAll().where('job', '=', job).executeTakeFirst();
  if (row === undefined || row.attempt === null) return undefined;
  const held = readLease(row);
  return { lease: toLease(held), expired: held.expiresAtMs <= nowMs };
}

async function now(session: Session, db: CatalogDatabase): Promise<number> {
  const { rows } = await sql<{ now_ms: number | string }>`select ${session.flavour.nowMs} as now_ms`.execute(db);
  return Number(rows[0]?.now_ms);
}

function toLease(row: LeaseRow): Lease {
  const { job, holder, term } = row;
  return { job, holder, term, acquiredAt: new Date(row.acquiredAtMs).toISOString(), expiresAt: new Date(row.expiresAtMs).toISOString() };
}
