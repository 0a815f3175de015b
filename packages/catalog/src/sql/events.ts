import type { CallOptions, EventRecord } from '@holdfast/core';
import type { Insertable } from 'kysely';
import { readEvent } from './rows.js';
import type { CatalogTables } from './schema.js';
import type { CatalogTransaction, Session } from './session.js';
import { instant, positive } from './values.js';

/** The event calls of MetadataStore. */
export interface Events {
  appendEvent(record: EventRecord, options?: CallOptions): Promise<void>;
  listEvents(job: string, query?: { readonly limit?: number }, options?: CallOptions): Promise<readonly EventRecord[]>;
}

const defaultLimit = 100;
const mostLimit = 1000;

export function createEvents(session: Session): Events {
  return {
    appendEvent: async (record, options) => {
      const { job, type } = record;
      const row = { job, type, attempt: record.attempt ?? null, at: instant('at', record.at), detail: JSON.stringify(record.detail) };
      await session.write(
        'catalog.appendEvent',
        async (trx, again) => {
          if (!again || !(await isThere(trx, row))) await trx.insertInto('hf_events').values(row).execute();
        },
        options,
      );
    },
    listEvents: async (job, query = {}, options) => {
      const limit = positive('limit', query.limit ?? defaultLimit, mostLimit);
      return session.read(
        'catalog.listEvents',
        async (db) => {
          const events = db.selectFrom('hf_events').selectAll().where('job', '=', job);
          const rows = await events.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
          return rows.map(readEvent);
        },
        options,
      );
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
