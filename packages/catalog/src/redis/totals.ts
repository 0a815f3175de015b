import type { CatalogTotals, JobStatus } from '@holdfast/core';
import * as z from 'zod';
import type { Totals } from '../calls/parts.js';
import type { RedisPort } from './connection.js';
import { choiceOfRepository, choiceOfStatus, everyJob, jobOf } from './index-entry.js';
import type { JobIndex } from './job-index.js';
import type { Keys } from './keys.js';
import { parse, whole } from './parse.js';
import type { Session } from './session.js';
import { walkIndex } from './walk-index.js';

const statuses: readonly JobStatus[] = ['running', 'interrupted', 'succeeded', 'failed'];
/** Jobs whose sums are read at once. */
const namesAtOnce = 1000;
// What is not there is null, and coerced to 0.
const sumsSchema = z.tuple([whole, z.coerce.number()]);

/** Jobs are counted by the index, snapshots by the sums that each job keeps of its own: that takes a read for each job. */
export function createTotals(session: Session, keys: Keys, index: JobIndex): Totals {
  const { location } = session;
  return {
    totals: (query = {}, options) =>
      session.read(
        'catalog.totals',
        async (port) => {
          await index.repairStopped(port);
          const repository = query.repositoryId === undefined ? [] : [keys.choice(choiceOfRepository(query.repositoryId))];
          const jobs = { running: 0, interrupted: 0, succeeded: 0, failed: 0 };
          for (const status of statuses) jobs[status] = await countJobs(port, location, [keys.choice(choiceOfStatus(status)), ...repository]);
          return { jobs, ...(await sumOf(port, location, keys, repository[0] ?? keys.choice(everyJob))) };
        },
        options,
      ),
  };
}

async function countJobs(port: RedisPort, location: string, choices: readonly [string, ...string[]]): Promise<number> {
  if (choices.length === 1) return Number(await port.send('zcard', choices[0]));
  let count = 0;
  for await (const members of walkIndex(port, location, choices)) count += members.length;
  return count;
}

async function sumOf(port: RedisPort, location: string, keys: Keys, choice: string): Promise<Pick<CatalogTotals, 'snapshots' | 'storedBytes'>> {
  let [snapshots, storedBytes] = [0, 0];
  for await (const members of walkIndex(port, location, [choice], { wanted: () => namesAtOnce })) {
    const answers = await Promise.all(members.map((member) => port.send('hmget', keys.job(jobOf(member)).sums, 'snapshots', 'bytes')));
    for (const answer of answers) {
      const [count, bytes] = parse(location, 'the sums of a job', sumsSchema, answer);
      snapshots += count;
      storedBytes += bytes;
    }
  }
  return { snapshots, storedBytes };
}
