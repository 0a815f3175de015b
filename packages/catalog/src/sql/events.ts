import type { Insertable, Selectable, SelectQueryBuilder } from 'kysely';
import { eventCursor } from '../calls/cursor.js';
import { pageOf, rowsWanted } from '../calls/page.js';
import type { Events } from '../calls/parts.js';
import { readEvent } from './rows.js';
import type { CatalogDatabase, CatalogTables } from './schema.js';
import type { CatalogTransaction, Session } from './session.js';

export function createEvents(session: Session): Events {
  return {
    appendEvent: async (record, options) => {
      const { job, type } = record;
      const row = { job, type, attempt: record.attempt ?? null, at: record.at, detail: JSON.stringify(record.detail) };
      await session.write(
        'catalog.appendEvent',
        async (trx, again) => {
          if (!again || !(await isThere(trx, row))) await trx.insertInto('hf_events').values(row).execute();
        },
        options,
      );
    },
    listEvents: async (job, query = {}, options) => {
      const wanted = rowsWanted(query.limit);
      const cursor = eventCursor.read(query.cursor);
      const rows = await session.read('catalog.listEvents', async (db) => eventsOf(db, job, cursor, wanted).execute(), options);
      return pageOf(rows, wanted, readEvent, (last) => eventCursor.write(['event', last.at, last.id]));
    },
  };
}

async function isThere(trx: CatalogTransaction, { job, type, attempt, at, detail }: Insertable<CatalogTables['hf_events']>): Promise<boolean> {
  const same = trx.selectFrom('hf_events').select('id').where('job', '=', job).where('at', '=', at).where('type', '=', type);
  const rows = await same
    .where('attempt', attempt === null ? 'is' : '=', attempt ?? null)
    .where('detail', '=', detail)
    .limit(1)
    .execute();
  return rows.length > 0;
}

/** Told apart from its execution so that a test can have the database explain it. */
export function eventsOf(
  db: CatalogDatabase,
  job: string,
  cursor: readonly ['event', string, number] | undefined,
  limit: number,
): SelectQueryBuilder<CatalogTables, 'hf_events', Selectable<CatalogTables['hf_events']>> {
  const events = db.selectFrom('hf_events').selectAll().where('job', '=', job).orderBy('at', 'desc').orderBy('id', 'desc').limit(limit);
  if (cursor === undefined) return events;
  const [, at, id] = cursor;
  return events.where('at', '<=', at).where((row) => row.or([row('at', '<', at), row('id', '<', id)]));
}
