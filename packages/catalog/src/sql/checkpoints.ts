import type { CheckpointRecord } from '@holdfast/core';
import type { Selectable, SelectQueryBuilder } from 'kysely';
import { checkpointCursor } from '../calls/cursor.js';
import { pageOf, rowsWanted } from '../calls/page.js';
import type { Checkpoints } from '../calls/parts.js';
import { readCheckpoint } from './rows.js';
import type { CatalogDatabase, CatalogTables } from './schema.js';
import type { CatalogTransaction, Session } from './session.js';

/** Numbers in one statement: below what any of the databases takes as parameters. */
const removalSize = 500;

export function createCheckpoints(session: Session): Checkpoints {
  return {
    putCheckpoint: async (record, options) => {
      await session.write('catalog.putCheckpoint', (trx) => put(trx, record), options);
    },
    listCheckpoints: async (job, query = {}, options) => {
      const wanted = rowsWanted(query.limit);
      const cursor = checkpointCursor.read(query.cursor);
      const rows = await session.read('catalog.listCheckpoints', async (db) => checkpointsOf(db, job, cursor, wanted).execute(), options);
      return pageOf(rows, wanted, readCheckpoint, (last) => checkpointCursor.write(['checkpoint', last.number]));
    },
    removeCheckpoints: async (job, numbers, options) => {
      await session.write('catalog.removeCheckpoints', (trx) => remove(trx, job, numbers), options);
    },
  };
}

/** Told apart from its execution so that a test can have the database explain it. */
export function checkpointsOf(
  db: CatalogDatabase,
  job: string,
  cursor: readonly ['checkpoint', number] | undefined,
  limit: number,
): SelectQueryBuilder<CatalogTables, 'hf_checkpoints', Selectable<CatalogTables['hf_checkpoints']>> {
  const all = db.selectFrom('hf_checkpoints').selectAll().where('job', '=', job).orderBy('number', 'desc').limit(limit);
  return cursor === undefined ? all : all.where('number', '<', cursor[1]);
}

async function put(trx: CatalogTransaction, record: CheckpointRecord): Promise<void> {
  const { job, number } = record;
  const row = {
    epoch: record.epoch,
    attempt: record.attempt,
    created_at: record.createdAt,
    freeze_ms: record.freezeMs,
    logical_bytes: record.logicalBytes,
    stored_bytes: record.storedBytes,
  };
  const updated = await trx.updateTable('hf_checkpoints').set(row).where('job', '=', job).where('number', '=', number).executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return;
  await trx
    .insertInto('hf_checkpoints')
    .values({ job, number, ...row })
    .execute();
}

async function remove(trx: CatalogTransaction, job: string, numbers: readonly number[]): Promise<void> {
  for (let first = 0; first < numbers.length; first += removalSize) {
    await trx
      .deleteFrom('hf_checkpoints')
      .where('job', '=', job)
      .where('number', 'in', numbers.slice(first, first + removalSize))
      .execute();
  }
}
