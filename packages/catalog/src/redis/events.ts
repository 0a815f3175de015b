import { randomUUID } from 'node:crypto';
import type { CallOptions, EventRecord } from '@holdfast/core';
import * as z from 'zod';
import { instant, positive } from '../sql/values.js';
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
  listEvents(job: string, query?: { readonly limit?: number }, options?: CallOptions): Promise<readonly EventRecord[]>;
}

const defaultLimit = 100;
const mostLimit = 1000;
/** A member of the sorted set: its instant, its number among the job's events, its document. */
const sequenceWidth = 16;
const memberSchema = z.array(z.string());
const storedSchema = z.array(json(eventSchema));

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
      const limit = positive('limit', query.limit ?? defaultLimit, mostLimit);
      const key = keys.job(job).events;
      return session.read(
        'catalog.listEvents',
        async (port) => {
          const members = parse(session.location, key, memberSchema, await port.send('zrevrangebylex', key, '+', '-', 'limit', 0, limit));
          const documents = members.map((member) => member.slice(instantWidth + sequenceWidth));
          return parse(session.location, key, storedSchema, documents);
        },
        options,
      );
    },
  };
}
