import * as z from 'zod';
import { checkpointCursor } from '../calls/cursor.js';
import { pageOf, rowsWanted } from '../calls/page.js';
import type { Checkpoints } from '../calls/parts.js';
import type { Attempt } from './call-time.js';
import type { Keys } from './keys.js';
import { json, parse } from './parse.js';
import { checkpointSchema, writeCheckpoint } from './records.js';
import { runScript } from './run-script.js';
import { listCheckpointsScript, putCheckpointScript, removeCheckpointsScript } from './scripts/record-scripts.js';
import type { Session } from './session.js';

/** Numbers in one script: below what a proxy in front of a server takes as arguments. */
const removalSize = 500;
const storedSchema = z.array(json(checkpointSchema));

export function createCheckpoints(session: Session, keys: Keys): Checkpoints {
  return {
    putCheckpoint: async (record, options) => {
      const { job, number } = record;
      await session.write(
        'catalog.putCheckpoint',
        (attempt) => runScript(attempt, putCheckpointScript, snapshotKeys(keys, job), [number, writeCheckpoint(record)]),
        options,
      );
    },
    listCheckpoints: async (job, query = {}, options) => {
      const wanted = rowsWanted(query.limit);
      const cursor = checkpointCursor.read(query.cursor);
      const used = snapshotKeys(keys, job);
      const args = [cursor === undefined ? '+inf' : `(${cursor[1]}`, wanted];
      const stored = await session.read('catalog.listCheckpoints', (port) => runScript(port, listCheckpointsScript, used, args), options);
      return pageOf(
        parse(session.location, used[0], storedSchema, stored),
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
  for (let first = 0; first < wanted.length; first += removalSize) {
    await runScript(attempt, removeCheckpointsScript, snapshotKeys(keys, job), wanted.slice(first, first + removalSize));
    attempt.commit();
  }
}

function snapshotKeys(keys: Keys, job: string): readonly [string, string, string] {
  const { checkpoints, numbers, sums } = keys.job(job);
  return [checkpoints, numbers, sums];
}
