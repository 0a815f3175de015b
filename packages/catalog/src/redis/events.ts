import * as z from 'zod';
import { eventCursor } from '../calls/cursor.js';
import { pageOf, rowsWanted } from '../calls/page.js';
import type { Events } from '../calls/parts.js';
import type { Keys } from './keys.js';
import { json, parse } from './parse.js';
import { eventSchema, writeEvent } from './records.js';
import { runScript } from './run-script.js';
import { appendEventScript } from './scripts/record-scripts.js';
import type { Session } from './session.js';
import { ascending, instantWidth } from './sortable.js';

/** A member of the sorted set begins with its instant and its number among the job's events; its document follows. */
const sequenceWidth = 16;
const prefixWidth: number = instantWidth + sequenceWidth;
const memberSchema = z.array(z.string());
const storedSchema = json(eventSchema);

export function createEvents(session: Session, keys: Keys): Events {
  return {
    appendEvent: async (record, options) => {
      const ofJob = keys.job(record.job);
      const used = [ofJob.events, ofJob.sequence];
      const args = [ascending(record.at), writeEvent(record)];
      await session.write('catalog.appendEvent', (attempt) => runScript(attempt, appendEventScript, used, args), options);
    },
    listEvents: async (job, query = {}, options) => {
      const wanted = rowsWanted(query.limit);
      const cursor = eventCursor.read(query.cursor);
      const from = cursor === undefined ? '+' : `(${ascending(cursor[1])}${String(cursor[2]).padStart(sequenceWidth, '0')}`;
      const key = keys.job(job).events;
      const members = await session.read(
        'catalog.listEvents',
        async (port) => parse(session.location, key, memberSchema, await port.send('zrevrangebylex', key, from, '-', 'limit', 0, wanted)),
        options,
      );
      const rows = members.map((member) => ({
        number: Number(member.slice(instantWidth, prefixWidth)),
        record: parse(session.location, key, storedSchema, member.slice(prefixWidth)),
      }));
      return pageOf(
        rows,
        wanted,
        ({ record }) => record,
        ({ number, record }) => eventCursor.write(['event', record.at, number]),
      );
    },
  };
}
