import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncPoint } from '@holdfast/store/internal';
import { checkRepository, goOn } from '../check-repository.ts';
import { openVictim } from '../open-victim.ts';
import { Random } from '../random.ts';
import { nothingPromised, type Promises, type Report, withReport } from '../reports.ts';
import { forkVictim, runSession } from '../session.ts';
import { crashState } from './crash-state.ts';
import type { RecordedOperation } from './recorded-operation.ts';
import { Recorder } from './recording-operations.ts';
import { writeCrashState } from './write-crash-state.ts';

export interface ReplayOptions {
  /** A folder to work in; in memory, since thousands of small repositories are made there. */
  readonly folder: string;
  readonly omitFsync: SyncPoint | undefined;
  readonly seed: number;
  /** States with luck after each operation, beside the one without any. */
  readonly luckyStates: number;
}

export interface ReplayOutcome {
  readonly operations: number;
  readonly states: number;
  /** The first state that broke a promise. */
  readonly broken: string | undefined;
}

/** Records two attempts of a job and a fork between them, and checks every state in which a loss of power could have left them. Ends at the first broken promise. */
export async function replay({ folder, omitFsync, seed, luckyStates }: ReplayOptions): Promise<ReplayOutcome> {
  const operations = await record(folder, omitFsync);
  const random = new Random(seed);
  const lucks = [() => false, ...Array.from({ length: luckyStates }, () => () => random.chance(0.5))];
  let promises = nothingPromised;
  let states = 0;
  for (let count = 0; count <= operations.length; count++) {
    const last = operations[count - 1];
    if (last?.kind === 'report') promises = withReport(promises, last.report);
    for (const [kind, luck] of lucks.entries()) {
      states += 1;
      const problem = await check(operations, count, luck, promises, join(folder, `state-${states}`));
      if (problem === undefined) continue;
      const state = kind === 0 ? 'nothing but what was synced' : `synced and some unsynced (seed ${seed}, state ${states})`;
      return { operations: operations.length, states, broken: `after operation ${count} of ${operations.length}, ${state}: ${problem}` };
    }
  }
  return { operations: operations.length, states, broken: undefined };
}

async function record(folder: string, omitFsync: SyncPoint | undefined): Promise<readonly RecordedOperation[]> {
  const root = join(await mkdtemp(join(folder, 'recorded-')), 'repository');
  await mkdir(root, { mode: 0o700 });
  const recorder = new Recorder(root, omitFsync);
  for (const [attempt, ends] of [
    ['first', false],
    ['second', true],
  ] as const) {
    await using store = await openVictim(root, { create: true, omitFsync, wrap: (files) => recorder.wrap(files) });
    recorder.report({ kind: 'opened', repositoryId: store.repositoryId });
    const report = async (said: Report): Promise<void> => recorder.report(said);
    await runSession(store, { attempt, snapshots: 3, pruneEvery: 2, keep: 2, ends, report });
    if (!ends) await forkVictim(store, report);
  }
  return recorder.operations;
}

async function check(
  operations: readonly RecordedOperation[],
  count: number,
  luck: () => boolean,
  promises: Promises,
  folder: string,
): Promise<string | undefined> {
  try {
    await writeCrashState(crashState(operations, count, luck), folder);
    await checkRepository(folder, promises);
    await goOn(folder, promises);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
