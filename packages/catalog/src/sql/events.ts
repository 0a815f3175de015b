import { hash } from 'node:crypto';
import type { Selectable, SelectQueryBuilder } from 'kysely';
import { eventCursor } from '../calls/cursor.js';
import { pageOf, rowsWanted } from '../calls/page.js';
import type { Events } from '../calls/parts.js';
import { readEvent } from './rows.js';
import type { CatalogDatabase, CatalogTables } from './schema.js';
import type { CatalogTransaction, Session } from './session.js';

export function createEvents(session: Session): Events {
  return {
    appendEvent: async (record, options) => {
      const { job, type, at, attempt = null } = record;
      const detail = JSON.stringify(record.detail);
      const row = { job, type, attempt, at, detail, digest: digestOf(job, attempt, at, type, detail) };
      let isTriedAgain = false;
      await session.write(
        'catalog.appendEvent',
        async (trx) => {
          // The database refuses a repeat; the next try then finds what it repeats.
          if (isTriedAgain && (await isThere(trx, row.digest))) return;
          isTriedAgain = true;
          await trx.insertInto('hf_events').values(row).execute();
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

async function isThere(trx: CatalogTransaction, digest: string): Promise<boolean> {
  return (await trx.selectFrom('hf_events').select('id').where('digest', '=', digest).executeTakeFirst()) !== undefined;
}

function digestOf(...parts: readonly (string | null)[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex');
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
