import { randomUUID } from 'node:crypto';
import type { CallOptions, EventRecord, Page, RecordQuery } from '@holdfast/core';
import * as z from 'zod';
import { eventCursor } from '../sql/cursor.js';
import { pageOf, rowsWanted } from '../sql/page.js';
import { instant } from '../sql/values.js';
import type { Keys } from './keys.js';
import { json, parse } from './parse.js';
import { eventSchema, writeEvent } from './records.js';
import { runScript } from './run-script.js';
import { appendEventScript } from './scripts/record-scripts.js';
import type { Session } from './session.js';
import { ascending, instantWidth } from './sortable.js';

/** The event calls of MetadataStore. */
export interface Events {
  appendEvent(record: EventRecord, options?: CallOptions): Promise<void>;
  listEvents(job: string, query?: RecordQuery, options?: CallOptions): Promise<Page<EventRecord>>;
}

/** A member of the sorted set: its instant, its number among the job's events, its document. */
const sequenceWidth = 16;
const memberSchema = z.array(z.string());
const storedSchema = json(eventSchema);

export function createEvents(session: Session, keys: Keys): Events {
  return {
    appendEvent: async (record, options) => {
      instant('at', record.at);
      const ofJob = keys.job(record.job);
      const used = [ofJob.events, ofJob.sequence, ofJob.appended(randomUUID())];
      const args = [ascending(record.at), writeEvent(record)];
      await session.write('catalog.appendEvent', (attempt) => runScript(attempt, appendEventScript, used, args), options);
    },
    listEvents: async (job, query = {}, options) => {
      const wanted = rowsWanted(query.limit);
      const first = before(query.cursor);
      const key = keys.job(job).events;
      const members = await session.read(
        'catalog.listEvents',
        async (port) => parse(session.location, key, memberSchema, await port.send('zrevrangebylex', key, first, '-', 'limit', 0, wanted)),
        options,
      );
      const read = (member: string): EventRecord => parse(session.location, key, storedSchema, member.slice(instantWidth + sequenceWidth));
      return pageOf(members, wanted, read, (last) => eventCursor.write(['event', read(last).at, sequenceOf(last)]));
    },
  };
}

/** Where a page begins, going down: below every member of that instant and number, whatever its document. */
function before(text: string | undefined): string {
  const last = eventCursor.read(text);
  if (last === undefined) return '+';
  const [, at, sequence] = last;
  return `(${ascending(instant('cursor', at))}${String(sequence).padStart(sequenceWidth, '0')}`;
}

function sequenceOf(member: string): number {
  return Number(member.slice(instantWidth, instantWidth + sequenceWidth));
}
