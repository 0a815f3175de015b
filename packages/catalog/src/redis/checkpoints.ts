import type { CallOptions, CheckpointRecord, Page, RecordQuery } from '@holdfast/core';
import * as z from 'zod';
import { checkpointCursor } from '../sql/cursor.js';
import { pageOf, rowsWanted } from '../sql/page.js';
import { instant } from '../sql/values.js';
import type { Keys } from './keys.js';
import { json, parse } from './parse.js';
import { checkpointSchema, writeCheckpoint } from './records.js';
import { runScript } from './run-script.js';
import { pageCheckpointsScript, putCheckpointScript, removeCheckpointsScript } from './scripts/record-scripts.js';
import type { Attempt } from './call-time.js';
import type { Session } from './session.js';

/** The checkpoint calls of MetadataStore. */
export interface Checkpoints {
  putCheckpoint(record: CheckpointRecord, options?: CallOptions): Promise<void>;
  listCheckpoints(job: string, query?: RecordQuery, options?: CallOptions): Promise<Page<CheckpointRecord>>;
  removeCheckpoints(job: string, numbers: readonly number[], options?: CallOptions): Promise<void>;
}

/** Numbers in one script: below what a proxy in front of a server takes as arguments. */
const removalSize = 500;
const storedSchema = z.array(json(checkpointSchema));

export function createCheckpoints(session: Session, keys: Keys): Checkpoints {
  return {
    putCheckpoint: async (record, options) => {
      instant('createdAt', record.createdAt);
      const { checkpoints, numbers } = keys.job(record.job);
      const args = [record.number, writeCheckpoint(record)];
      await session.write('catalog.putCheckpoint', (attempt) => runScript(attempt, putCheckpointScript, [checkpoints, numbers], args), options);
    },
    listCheckpoints: async (job, query = {}, options) => {
      const wanted = rowsWanted(query.limit);
      const cursor = checkpointCursor.read(query.cursor);
      const { checkpoints, numbers } = keys.job(job);
      const args = [cursor === undefined ? '+inf' : `(${cursor[1]}`, wanted];
      const records = await session.read(
        'catalog.listCheckpoints',
        async (port) =>
          parse(session.location, checkpoints, storedSchema, await runScript(port, pageCheckpointsScript, [checkpoints, numbers], args)),
        options,
      );
      return pageOf(
        records,
        wanted,
        (record) => record,
        ({ number }) => checkpointCursor.write(['checkpoint', number]),
      );
    },
    removeCheckpoints: async (job, numbers, options) => {
      await session.write('catalog.removeCheckpoints', (attempt) => remove(attempt, keys, job, numbers), options);
    },
  };
}

async function remove(attempt: Attempt, keys: Keys, job: string, wanted: readonly number[]): Promise<void> {
  const { checkpoints, numbers } = keys.job(job);
  for (let first = 0; first < wanted.length; first += removalSize) {
    await runScript(attempt, removeCheckpointsScript, [checkpoints, numbers], wanted.slice(first, first + removalSize));
    attempt.commit();
  }
}
