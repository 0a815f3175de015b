import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, HoldfastError } from '@holdfast/core';
import { type DumpStats, readDumpStats } from '../images/dump-stats.js';
import { JobCover } from '../cover/job-cover.js';
import { type CoverMeans, cachePath } from '../cover/cover-means.js';
import { pageSocketOf } from './criu-config.js';
import { endProcesses } from './end-processes.js';
import { type Guarded, type GuardedEnd, type GuardedThaw, runGuarded } from './guarded.js';
import { recordDescendants, recordedProcesses } from './helper-record.js';
import { describeProcesses, type JobProcess } from './job-processes.js';
import { keeperName } from './keeper-arguments.js';
import { markedProcesses } from './marked-processes.js';
import { namedFailure } from './named-failure.js';
import { readLogs } from './read-log.js';
import { helperEnvironment, type Runc, runcCommand } from './runc.js';

export interface DumpOptions {
  /** Made if it is missing; must be empty. */
  readonly imagesDir: string;
  /** For logs. */
  readonly workDir: string;
  readonly deadlineMs: number;
  /** The job's own memory is left out of the images: page maps name what is, as `lazy`. Whoever asks for it reads it before the job runs again. */
  readonly withoutMemory?: boolean | undefined;
  /** With `withoutMemory`: by a covering parent, which takes CRIU less time. Page maps are then as CRIU leaves them: see `uncover`. */
  readonly cover?: CoverMeans | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DumpResult {
  /** From the moment that CRIU was let go to its end. */
  readonly dumpMs: number;
  /** CRIU's own account. */
  readonly stats: () => Promise<DumpStats | undefined>;
}

/** A CRIU that has done all it can before it looks at the job, and waits. The job runs. */
export interface PreparedDump {
  /**
   * Lets CRIU begin. The job must be frozen by now, and is frozen when this resolves. `processes`: all of it, once it stood still.
   *
   * - Rejects with HF_DUMP_FAILED and the cause, HF_DUMP_TIMEOUT, HF_ABORTED, or HF_SNAPSHOT_DISCARDED where the job was not
   *   frozen all the time. What was written is worth nothing then. The job is alive in each case; the caller thaws it.
   */
  run(processes: readonly JobProcess[]): Promise<DumpResult>;
  /** Gives up. Resolves when nothing of CRIU is left. Harmless after `run`. */
  cancel(): Promise<void>;
}

export interface DumpContext {
  readonly runc: Runc;
  readonly id: string;
  readonly clock: Clock;
  /** Where the processes of the dump are noted. */
  readonly helpersFile: string;
  readonly initPid: number;
  /** Every process of the job, while it runs. */
  readonly processes: () => Promise<readonly number[]>;
  readonly isFrozen: () => Promise<boolean>;
  /** True once the job's init is on its way out: then every process of the job is. */
  readonly isJobEnding: () => boolean;
  /** Called where CRIU may have been killed while it had the job in its hands. */
  readonly onCriuKilled: () => void;
  /** For a job without a keeper: the guard sees to it that it does not stay frozen, and is given to the caller, who tells it. */
  readonly thaw?: GuardedThaw | undefined;
  readonly onGuarded?: ((guarded: Guarded) => void) | undefined;
}

const longestCoverMs = 5_000;
const watchMs = 200;
/** A CRIU that can end by itself has done so by then. */
const endingTurns = 5;

/** Starts `runc checkpoint` up to the point where CRIU would begin to look at the job. Rejects as `run` does. */
export async function prepareDump(context: DumpContext, options: DumpOptions, coverDeadlineMs: number = longestCoverMs): Promise<PreparedDump> {
  const { runc, id, clock } = context;
  const { imagesDir, workDir, deadlineMs, signal, cover } = options;
  await Promise.all([imagesDir, workDir].map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  const coverDir = join(workDir, 'cover');
  const jobCover = cover === undefined ? undefined : new JobCover(coverDir, cover);
  await jobCover?.prepare(describeProcesses(await context.processes(), context.initPid));
  const pageSocket = pageSocketOf(options);
  const leaveOut = jobCover !== undefined ? ['--parent-path', relative(imagesDir, coverDir)] : pageSocket !== undefined ? ['--lazy-pages'] : [];
  const own: Runc = { ...runc, log: join(workDir, 'runc-checkpoint.log') };
  const guarded = runGuarded({
    guard: runc.tools.guard,
    command: runcCommand(own, ['checkpoint', '--leave-running', ...leaveOut, '--image-path', imagesDir, '--work-path', workDir, id]),
    deadlineMs,
    hookFolder: workDir,
    log: join(workDir, 'dump.log'),
    environment: helperEnvironment(runc, id),
    signal,
    thaw: context.thaw,
    pageSocket,
    bind: cover?.cache === undefined ? undefined : { source: cover.cache, target: cachePath },
  });
  context.onGuarded?.(guarded);
  if (!(await guarded.ready)) {
    const end = await guarded.end;
    if (end.how === 'lost') await endHelpers();
    throw await dumpFailure(end, options);
  }
  if (guarded.pid !== undefined) await recordDescendants(context.helpersFile, guarded.pid);
  return { run: (processes) => run(guarded, processes), cancel: () => cancel(guarded) };

  async function run(guarded: Guarded, processes: readonly JobProcess[]): Promise<DumpResult> {
    if (!(await context.isFrozen())) {
      await cancel(guarded);
      throw notFrozen('before CRIU began');
    }
    const begun = clock.monotonicMs();
    if (jobCover !== undefined) await completed(guarded, jobCover, processes);
    guarded.go();
    const end = await endOf(guarded);
    const dumpMs = clock.monotonicMs() - begun;
    if (end.how === 'lost') await endHelpers();
    if (end.how === 'lost' || end.how === 'deadline' || end.how === 'log-overflow' || (end.how === 'ended' && end.exitCode > 128))
      context.onCriuKilled();
    if (end.how !== 'ended' || end.exitCode !== 0) throw await dumpFailure(end, options);
    // A CRIU that dies in between leaves the job running: memory and files are then not of one instant.
    if (!(await context.isFrozen())) throw notFrozen('after CRIU ended');
    // Read by who wants them, after the thaw.
    return { dumpMs, stats: () => readDumpStats(workDir, imagesDir) };
  }

  /** A process that cannot be told of is not waited for while the job stands still. */
  async function completed(guarded: Guarded, jobCover: JobCover, processes: readonly JobProcess[]): Promise<void> {
    try {
      await Promise.race([
        jobCover.complete(processes),
        delay(coverDeadlineMs, undefined, { ref: false }).then(() => Promise.reject(new Error('it took too long'))),
      ]);
    } catch (cause) {
      await cancel(guarded);
      throw notCovered(cause);
    }
  }

  /**
   * The end of CRIU, which is helped to it where the job ends meanwhile: a CRIU that has killed processes in its hands waits for the init, the kernel lets
   * the init go only after them, and them only once CRIU has waited for them.
   */
  async function endOf(guarded: Guarded): Promise<GuardedEnd> {
    const done = new AbortController();
    const watch = watchJob(guarded, done.signal);
    const end = await guarded.end;
    done.abort();
    await watch;
    return end;
  }

  async function watchJob(guarded: Guarded, done: AbortSignal): Promise<void> {
    for (let turnsEnding = 0; turnsEnding < endingTurns; turnsEnding = context.isJobEnding() ? turnsEnding + 1 : 0) {
      await delay(watchMs, undefined, { signal: done }).catch(() => undefined);
      if (done.aborted) return;
    }
    guarded.jobEnded();
  }

  /** The guard is gone and cannot end what it had started. CRIU is let finish where it can: later it would freeze the job again. */
  async function endHelpers(): Promise<void> {
    const find = async (): Promise<readonly number[]> => [
      ...(await markedProcesses(id)).filter(({ name }) => name !== keeperName).map(({ pid }) => pid),
      ...(await recordedProcesses(context.helpersFile)),
    ];
    const end = clock.monotonicMs() + deadlineMs;
    while ((await find()).length > 0 && clock.monotonicMs() < end) await delay(10);
    await endProcesses({ find, deadlineMs: 10_000, clock });
  }
}

async function cancel(guarded: Guarded): Promise<void> {
  guarded.stop();
  await guarded.end;
}

function notCovered(cause: unknown): HoldfastError {
  return new HoldfastError('HF_DUMP_FAILED', {
    message: `the covering parent of the job's processes could not be completed: ${cause instanceof Error ? cause.message : String(cause)}`,
    kind: 'unexpected',
    retry: 'yes',
    operation: 'dump',
    hint: 'the next snapshot is taken without',
    cause,
  });
}

function notFrozen(when: string): HoldfastError {
  return new HoldfastError('HF_SNAPSHOT_DISCARDED', {
    message: `the job was not frozen ${when}: the snapshot would not be of one instant`,
    kind: 'conflict',
    retry: 'yes',
    operation: 'dump',
    hint: 'the next snapshot is taken as usual; something other than Holdfast thaws the job if this comes again',
  });
}

async function dumpFailure(end: GuardedEnd, { workDir, deadlineMs }: DumpOptions): Promise<HoldfastError> {
  const context = { logFolder: workDir };
  if (end.how === 'deadline') {
    return new HoldfastError('HF_DUMP_TIMEOUT', {
      message: `the snapshot was given up after ${deadlineMs} ms: CRIU had not finished`,
      kind: 'timeout',
      operation: 'dump',
      context,
      hint: 'the folder that the images are written to may be too slow for the size of the job',
    });
  }
  if (end.how === 'aborted')
    return new HoldfastError('HF_ABORTED', { message: 'the snapshot was aborted', kind: 'aborted', operation: 'dump', context });
  if (end.how === 'job-ended')
    return new HoldfastError('HF_JOB_NOT_RUNNING', { message: 'the job ended while it was dumped', kind: 'not-found', operation: 'dump', context });
  if (end.how === 'log-overflow') {
    return new HoldfastError('HF_DUMP_FAILED', { message: "CRIU's log grew beyond bounds", kind: 'unexpected', operation: 'dump', context });
  }
  const log = await readLogs([join(workDir, 'dump.log'), join(workDir, 'runc-checkpoint.log')]);
  return namedFailure({
    code: 'HF_DUMP_FAILED',
    operation: 'dump',
    log,
    exitCode: end.how === 'ended' ? end.exitCode : undefined,
    logFolder: workDir,
  });
}
