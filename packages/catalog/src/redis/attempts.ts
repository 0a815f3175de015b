import type { AttemptRecord } from '@holdfast/core';
import * as z from 'zod';
import type { Attempts } from '../calls/parts.js';
import type { Keys } from './keys.js';
import { json, parse } from './parse.js';
import { attemptSchema, writeAttempt } from './records.js';
import type { Session } from './session.js';

const storedSchema = z.array(json(attemptSchema));

export function createAttempts(session: Session, keys: Keys): Attempts {
  return {
    putAttempt: async (record, options) => {
      const key = keys.job(record.job).attempts;
      await session.write('catalog.putAttempt', (attempt) => attempt.send('hset', key, record.attempt, writeAttempt(record)), options);
    },
    listAttempts: (job, options) => {
      const key = keys.job(job).attempts;
      return session.read(
        'catalog.listAttempts',
        async (port) => parse(session.location, key, storedSchema, await port.send('hvals', key)).toSorted(newestFirst),
        options,
      );
    },
  };
}

function newestFirst(a: AttemptRecord, b: AttemptRecord): number {
  return b.epoch - a.epoch || compare(b.startedAt, a.startedAt) || compare(b.attempt, a.attempt);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
