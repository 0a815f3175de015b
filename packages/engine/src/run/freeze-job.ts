import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, isHoldfastError } from '@holdfast/core';
import { pidsOf } from '../container/job-processes.js';
import type { LostFile } from '../container/lost-names.js';
import type { PreparedJobDump, RunningContainer } from '../container/running-container.js';
import type { CoverMeans } from '../cover/cover-means.js';
import type { NoCoverReason } from '../cover/covers.js';
import { type FileCapture, type OutsideFile, recordOutside } from '../files/index.js';
import type { DumpStats } from '../images/dump-stats.js';
import type { ForkedTwins } from '../twin/forked-twins.js';
import type { ComparedMemory } from '../twin/kept-twin.js';
import { noTwin } from '../twin/refused.js';
import type { PreparedTwins, TwinnedDump } from '../twin/twins.js';
import { freezeBetweenWords } from './freeze-between-words.js';
import { inTime } from './in-time.js';
import type { RunContext } from './run-context.js';
import type { SnapshotMetadata } from './snapshot-metadata.js';

/**
 * `thaw`: the job runs on as soon as its state is staged. `end`: it stays frozen until the snapshot is durable, then it is killed. `hold`: it stays frozen,
 * also once the snapshot is durable, until the caller thaws it.
 */
export type AfterFreeze = 'thaw' | 'end' | 'hold';

export interface FrozenState {
  readonly lostFiles: readonly LostFile[];
  /** What the memory is read from where the dump has none; the caller drops them. */
  readonly twins: ForkedTwins | undefined;
  /** Whether the dump had a covering parent: its page maps are those of one that leaves memory out only after `uncover`. */
  readonly covered: boolean;
  /** Where there are twins: why it had none. */
  readonly coverRefused: NoCoverReason | undefined;
  /** CRIU's own account. */
  readonly stats: () => Promise<DumpStats | undefined>;
  /** What has not changed since the parent. */
  readonly compared: ComparedMemory;
  readonly freezeMs: number;
  readonly outsideFiles: unknown;
  readonly stdin: SnapshotMetadata['stdin'];
  /** Whether what the job had written by then was passed on. */
  readonly drained: Promise<boolean>;
}

/**
 * The part during which the job stands still. CRIU is started before it, up to the point where it looks at the job. Both halves are waited
 * for, also when one fails: nothing may read the job after the thaw, but for what hangs and is thrown away. With `prepared` twins the dump leaves memory out, and they are forked after it;
 * rejects with HF_TWIN_REFUSED where it fails of that.
 */
export async function freezeJob(
  context: RunContext,
  capture: FileCapture,
  directory: string,
  after: AfterFreeze,
  prepared: PreparedTwins | undefined,
  parent: number | undefined,
): Promise<FrozenState> {
  const { container, clock } = context;
  const { dump, ...cover } = await prepareDump(context, directory, prepared !== undefined);
  const copiesDir = join(directory, 'copies');
  let complete = false;
  let twins: ForkedTwins | undefined;
  try {
    if (prepared !== undefined) await mkdir(copiesDir, { mode: 0o700 });
    const { startedAt, processes } = await freezeBetweenWords(context);
    // No dump may find a twin that is kept; files may be looked at beside it.
    const comparing = context.twins.compareKept(parent);
    const [dumped, filed] = await Promise.allSettled([
      comparing.then(() => dumpMemory(dump, { imagesDir: join(directory, 'images'), copiesDir, covered: cover.covered, processes }, prepared)),
      captureFiles(context, capture, pidsOf(processes)),
    ]);
    if (dumped.status === 'fulfilled') ({ twins } = dumped.value);
    if (dumped.status === 'rejected') throw dumped.reason;
    if (filed.status === 'rejected') throw filed.reason;
    const stdin = await container.stdin();
    const drained = drain(context);
    await container.assertFrozen();
    complete = true;
    const compared = await comparing;
    const { lostFiles, stats } = dumped.value;
    const freezeMs = await thawed(container, clock, startedAt, after);
    return { lostFiles, twins, ...cover, stats, compared, outsideFiles: filed.value, stdin, drained, freezeMs };
  } catch (error) {
    if (!complete) await container.thaw();
    await twins?.drop();
    throw error;
  } finally {
    await dump.cancel();
  }
}

interface LeavingOut {
  /** Whether memory is left out by a covering parent. */
  readonly covered: boolean;
  readonly coverRefused: NoCoverReason | undefined;
}

/** A job that cannot be dumped without its memory may yet be with it; one that cannot be with a covering parent, without. */
async function prepareDump(context: RunContext, directory: string, withoutMemory: boolean): Promise<LeavingOut & { readonly dump: PreparedJobDump }> {
  const { container, limits, signal, covers } = context;
  const folders = { imagesDir: join(directory, 'images'), workDir: join(directory, 'work') };
  const prepare = (cover?: CoverMeans): Promise<PreparedJobDump> =>
    container.prepareDump({ ...folders, deadlineMs: limits.dumpTimeoutMs, withoutMemory, cover, signal });
  if (!withoutMemory) return { dump: await prepare(), covered: false, coverRefused: undefined };
  const choice = await covers.choose(signal);
  let { refused } = choice;
  if (choice.means !== undefined) {
    try {
      return { dump: await prepare(choice.means), covered: true, coverRefused: undefined };
    } catch (error) {
      // A file of the cover that could not be written included: without one it may be well. What else is named by now has nothing to do with the cover.
      if (signal.aborted || (isHoldfastError(error) && !isDumpFailure(error))) throw error;
      covers.refuse((refused = 'dump'), error);
      for (const folder of Object.values(folders)) await rm(folder, { recursive: true, force: true });
    }
  }
  try {
    return { dump: await prepare(), covered: false, coverRefused: refused };
  } catch (error) {
    throw isDumpFailure(error) ? noTwin('dump', 'CRIU cannot leave memory out of a dump', error) : error;
  }
}

async function dumpMemory(
  dump: PreparedJobDump,
  twinned: TwinnedDump,
  prepared: PreparedTwins | undefined,
): Promise<Pick<FrozenState, 'lostFiles' | 'stats' | 'twins'>> {
  if (prepared === undefined) return { ...(await dump.run(twinned.processes)), twins: undefined };
  const dumped = await dump.run(twinned.processes).catch((error: unknown) => {
    throw isDumpFailure(error) ? noTwin(twinned.covered ? 'cover' : 'dump', 'the dump that leaves memory out failed', error) : error;
  });
  return { ...dumped, twins: await prepared.fork(twinned) };
}

function isDumpFailure(error: unknown): boolean {
  return isHoldfastError(error) && error.code === 'HF_DUMP_FAILED';
}

/** A reader who does not read must not hold the snapshot up for ever. */
const drainDeadlineMs = 10_000;

async function drain({ container, signal }: RunContext): Promise<boolean> {
  try {
    await container.drain({ signal: AbortSignal.any([signal, AbortSignal.timeout(drainDeadlineMs)]) });
    return true;
  } catch {
    return false;
  }
}

/** Time from the freeze to the thaw; for a job that is not thawed, to the moment when it could have been thawed. */
async function thawed(container: RunningContainer, clock: Clock, startedAt: number, after: AfterFreeze): Promise<number> {
  if (after === 'thaw') await container.thaw();
  return clock.monotonicMs() - startedAt;
}

function captureFiles(
  { container, roots, signal, limits }: RunContext,
  capture: FileCapture,
  pids: readonly number[],
): Promise<readonly OutsideFile[]> {
  return inTime({ deadlineMs: limits.dumpTimeoutMs, signal }, async (within) => {
    const openFiles = await container.openFiles(pids);
    const [outsideFiles] = await Promise.all([recordOutside(openFiles, roots, container.places), capture.frozen(openFiles, { signal: within })]);
    return outsideFiles;
  });
}
