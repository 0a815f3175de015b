import type { AttemptRecord } from '@holdfast/core';
import type { Attempts } from '../calls/parts.js';
import { readAttempt } from './rows.js';
import type { CatalogTransaction, Session } from './session.js';

export function createAttempts(session: Session): Attempts {
  return {
    putAttempt: async (record, options) => {
      await session.write('catalog.putAttempt', (trx) => put(trx, record), options);
    },
    listAttempts: (job, options) =>
      session.read(
        'catalog.listAttempts',
        async (db) => {
          const attempts = db.selectFrom('hf_attempts').selectAll().where('job', '=', job);
          const rows = await attempts.orderBy('epoch', 'desc').orderBy('started_at', 'desc').orderBy('attempt', 'desc').execute();
          return rows.map(readAttempt);
        },
        options,
      ),
  };
}

async function put(trx: CatalogTransaction, record: AttemptRecord): Promise<void> {
  const { job, attempt } = record;
  const row = {
    epoch: record.epoch,
    host: record.host,
    pid: record.pid,
    started_at: record.startedAt,
    ended_at: record.endedAt ?? null,
    resumed_from: record.resumedFrom ?? null,
    outcome: record.outcome,
    exit_code: record.exitCode ?? null,
  };
  const updated = await trx.updateTable('hf_attempts').set(row).where('job', '=', job).where('attempt', '=', attempt).executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return;
  await trx
    .insertInto('hf_attempts')
    .values({ job, attempt, ...row })
    .execute();
}
