import { type CheckpointRef, HoldfastError } from '@holdfast/core';
import { endedMeanwhile, isAboutToEnd } from './about-to-end.js';
import { asHoldfastError } from './as-holdfast-error.js';
import type { RunEventBody, SnapshotReason } from './events.js';
import { notRunning } from './control-client.js';
import { nameTrouble } from './named-trouble.js';
import type { Obstacle } from '../preflight/obstacles.js';
import type { ObstacleTeller } from './obstacle-teller.js';
import { pruneOld } from './prune-old.js';
import type { RunContext } from './run-context.js';
import type { AfterFreeze } from './freeze-job.js';
import { type SnapshotParent, takeSnapshot } from './snapshot.js';
import type { SnapshotOutcome } from './types.js';

export interface SnapshotterOptions {
  readonly obstacles: ObstacleTeller;
  readonly context: RunContext;
  readonly parent: SnapshotParent;
  readonly keep: number;
  readonly graceMs: number;
  readonly emit: (event: RunEventBody) => void;
  /** Called once when a higher epoch was seen. */
  readonly onFenced: (message: string) => void;
}

const afterFreeze: Readonly<Record<SnapshotReason, AfterFreeze>> = {
  interval: 'thaw',
  request: 'thaw',
  rebalance: 'thaw',
  notice: 'hold',
  stop: 'end',
};

/** Takes a run's snapshots one at a time, each on top of the last committed one. */
export class Snapshotter {
  readonly #options: SnapshotterOptions;
  #parent: SnapshotParent;
  #current: Promise<SnapshotOutcome> | undefined;
  #committed = 0;
  #endedJob = false;
  /** The snapshot since which the job is frozen. */
  #held: SnapshotOutcome | undefined;

  constructor(options: SnapshotterOptions) {
    this.#options = options;
    this.#parent = options.parent;
  }

  get committed(): number {
    return this.#committed;
  }

  /** True once a last snapshot is durable and the job was ended with it. */
  get endedJob(): boolean {
    return this.#endedJob;
  }

  /** The newest snapshot that the job can be brought back from; undefined before the first. */
  get last(): CheckpointRef | undefined {
    return this.#parent.ref;
  }

  /** True while the job is frozen because its machine is about to go away. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /**
   * Joins a snapshot under way unless the job shall not run on after this one. Rejects where it fails; the job goes on all the same. One that fails since the
   * job is being killed is no failed snapshot, and rejects with HF_JOB_NOT_RUNNING. Of a job that is held no other is taken: nothing has changed since.
   */
  async take(reason: SnapshotReason): Promise<SnapshotOutcome> {
    while (afterFreeze[reason] !== 'thaw' && this.#current !== undefined) await this.idle();
    if (this.#held !== undefined) return reason === 'stop' ? this.#end(this.#held) : this.#held;
    this.#current ??= this.#take(reason).finally(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  /** Lets a job that is held run on; harmless where it is not. */
  async release(): Promise<void> {
    if (this.#held === undefined) return;
    this.#held = undefined;
    await this.#options.context.container.thaw();
    this.#options.emit({ type: 'job.released' });
  }

  async #end(held: SnapshotOutcome): Promise<SnapshotOutcome> {
    this.#endedJob = true;
    await this.#options.context.container.kill();
    return held;
  }

  /** Lets go of what is kept for the next snapshot; when none is under way. */
  async close(): Promise<void> {
    await this.#parent.images[Symbol.asyncDispose]();
    await this.#options.context.twins[Symbol.asyncDispose]();
  }

  /** Resolves when no snapshot is under way. */
  async idle(): Promise<void> {
    await this.#current?.catch(() => undefined);
  }

  /** Of a job whose memory is not all there nothing can be saved that its snapshot does not have, but for what it did since. */
  async #memoryThere(reason: SnapshotReason): Promise<void> {
    const { feed, signal, job } = this.#options.context;
    if (feed === undefined || feed.isOver) return;
    this.#options.emit({ type: 'snapshot.waits', reason, missingBytes: feed.missingBytes });
    const { outcome } = await feed.over;
    signal.throwIfAborted();
    if (outcome !== 'whole') throw notRunning(job);
  }

  async #take(reason: SnapshotReason): Promise<SnapshotOutcome> {
    const { context, keep, graceMs, emit, onFenced } = this.#options;
    const { clock } = context;
    const tell = await context.watchTrouble?.();
    const startedAt = clock.monotonicMs();
    const after = afterFreeze[reason];
    try {
      await this.#memoryThere(reason);
      const obstacle = await this.#options.obstacles.look();
      emit({ type: 'snapshot.started', reason });
      if (obstacle !== undefined) throw refused(obstacle);
      const { commit, trees, freezeMs, memory } = await takeSnapshot(context, this.#parent, after);
      if (commit.outcome === 'fenced') throw fenced(context.job);
      const { summary } = commit;
      this.#parent = { ref: summary, trees, images: this.#parent.images };
      this.#committed += 1;
      this.#endedJob = after === 'end';
      const totalMs = Math.round(clock.monotonicMs() - startedAt);
      const outcome: SnapshotOutcome = {
        number: summary.number,
        freezeMs: Math.round(freezeMs),
        totalMs,
        logicalBytes: summary.logicalBytes,
        storedBytes: summary.storedBytes,
      };
      if (after === 'hold') this.#held = outcome;
      emit({ type: 'snapshot.committed', reason, createdAt: summary.createdAt, ...outcome, ...memory });
      await pruneOld(context, { keep, graceMs });
      return outcome;
    } catch (error) {
      const bare = asHoldfastError(error);
      if (!isGivenUp(bare) && (await isAboutToEnd(context.container.initPid, context.signal))) throw endedMeanwhile(context.job, error);
      const failure = context.signal.aborted ? bare : await nameTrouble(bare, tell);
      // What is given up because the job ended is no failure.
      if (!context.signal.aborted && failure.kind !== 'aborted') {
        context.logger.debug({ job: context.job, code: failure.code, cause: wordsOf(failure.cause) }, 'a snapshot failed');
        emit({ type: 'snapshot.failed', reason, code: failure.code, message: failure.message, hint: failure.hint });
      }
      if (failure.kind === 'fenced') onFenced(failure.message);
      throw failure;
    }
  }
}

/** For a reason that is told as it is, whether or not the job ends. */
function isGivenUp({ kind }: HoldfastError): boolean {
  return kind === 'aborted' || kind === 'fenced';
}

function wordsOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}

function refused({ message, hint }: Obstacle): HoldfastError {
  return new HoldfastError('HF_DUMP_FAILED', { message, hint, kind: 'unsupported', operation: 'snapshot' });
}

function fenced(job: string): HoldfastError {
  return new HoldfastError('HF_FENCED', {
    message: `another attempt has taken over job ${job}`,
    kind: 'fenced',
    operation: 'snapshot',
    hint: 'holdfast show tells where it runs',
  });
}
