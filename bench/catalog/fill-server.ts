import { benchSnapshot } from './bench-snapshot.ts';
import { filledAt, filledJob, fillStatements } from './filled-rows.ts';
import { inParallel } from './in-parallel.ts';
import type { Filling } from './server-subject.ts';

const statementsOfACall = 10;
const callsAtATime = 100;

/** By the server's own client, many rows a statement; then the server counts what it has, as it does by itself after a while. */
export async function fillBySql({ server, access, jobs, snapshotsOfEach }: Filling, quote: '"' | '`', analyze: string): Promise<void> {
  const statements = [...fillStatements({ jobs, snapshotsOfEach, quote })];
  for (let first = 0; first < statements.length; first += statementsOfACall) {
    await server.query(statements.slice(first, first + statementsOfACall).join('\n'), access);
  }
  await server.query(`${analyze} hf_jobs; ${analyze} hf_checkpoints;`, access);
}

/** By the catalog's own calls. */
export async function fillByCalls({ open, jobs, snapshotsOfEach }: Filling): Promise<void> {
  await using store = await open();
  await inParallel(Array(jobs).keys(), callsAtATime, async (place) => {
    const [job, at] = [filledJob(place), filledAt(place)];
    const times = { createdAt: at, updatedAt: at };
    await store.putJob({
      job,
      repositoryId: 'bench',
      command: ['./align.sh'],
      workingDirectory: '/work',
      status: 'running',
      labels: {},
      ...times,
      exitCode: undefined,
    });
    for (let number = 1; number <= snapshotsOfEach; number += 1) {
      await store.putCheckpoint(benchSnapshot(job, number, at));
    }
  });
}
