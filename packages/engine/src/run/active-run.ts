import { join } from 'node:path';
import { HoldfastError, type Lease } from '@holdfast/core';
import type { StoppedJob } from '../agent/types.js';
import { removeFolder } from '../container/remove-folder.js';
import type { WantedChunk } from '../lazy/chunk-queue.js';
import type { ExitStatus } from '../container/running-container.js';
import { asHoldfastError } from './as-holdfast-error.js';
import { notRunning } from './control-client.js';
import type { RunEvent } from './events.js';
import { followMemory } from './follow-memory.js';
import { describeMachine, type MachineDescription } from '../preflight/machine.js';
import { everyInterval } from './interval.js';
import { isLost, lostJob, noteEnd } from './job-end.js';
import type { KeptImages } from './kept-images.js';
import { ObstacleTeller } from './obstacle-teller.js';
import { watchLease } from './lease-watch.js';
import { memoryWays } from './memory-ways.js';
import type { RunContext } from './run-context.js';
import type { ActiveRunOptions } from './run-environment.js';
import { closed, openControl, stoppedJob } from './open-control.js';
import { restoredImages } from './restored-images.js';
import { RunRecords } from './run-records.js';
import { Snapshotter } from './snapshotter.js';
import { endGracefully } from './stop.js';
import type { Run, RunResult, SnapshotOutcome } from './types.js';

/** A job that runs: its snapshots, its lease, its end. */
export class ActiveRun implements Run {
  readonly result: Promise<RunResult>;
  /** The same before whoever asked for it has heard of it. */
  readonly #finished: Promise<RunResult>;
  readonly #options: ActiveRunOptions;
  readonly #startedAt: string;
  readonly #startedMs: number;
  /** Aborted when the job is over: whatever works on it gives up. */
  readonly #over = new AbortController();
  readonly #snapshotter: Snapshotter;
  readonly #control: AsyncDisposable | undefined;
  readonly #records: RunRecords;
  #stopping: Promise<RunResult> | undefined;
  /** Holdfast ended the job without a last snapshot. */
  #ended = false;
  #lost: HoldfastError | undefined;
  #touched: readonly WantedChunk[];
  #lease: Lease | undefined;

  /** Sets up what goes on beside the job. The job runs already: where this fails it is ended. */
  static async create(options: ActiveRunOptions): Promise<ActiveRun> {
    try {
      let run: ActiveRun | undefined;
      const started = (): ActiveRun => {
        if (run === undefined) throw notRunning(options.request.job);
        return run;
      };
      const control = await openControl(options, { snapshot: async () => started().snapshot(), stop: async () => started().#stopFor() });
      const machine = await describeMachine(options.environment.tools.criu);
      const images = await restoredImages(options);
      options.signal?.throwIfAborted();
      // From here to the caller nothing waits: whoever hears that the job runs can also stop it.
      for (const event of options.announcements) options.events.emit(event);
      run = new ActiveRun(options, control, images, machine);
      return run;
    } catch (error) {
      // One that somebody else started has run without this, and goes on without it.
      if (options.restored === undefined && options.container.leave !== undefined) options.container.leave();
      else await options.container.dispose();
      throw error;
    }
  }

  private constructor(options: ActiveRunOptions, control: AsyncDisposable | undefined, images: KeptImages, machine: MachineDescription) {
    this.#options = options;
    this.#control = control;
    this.#lease = options.lease;
    const { environment, request, epoch, container, roots, restored, events } = options;
    const { clock, store, watchTrouble, exclude, tools, limits, logger } = environment;
    const { job, command, workingDirectory, memory, keepTwin, coverMemory } = request;
    const given = { store, watchTrouble, exclude, tools, limits, clock, logger, epoch, container, roots, feed: restored?.feed, memory, keepTwin };
    this.#touched = restored?.metadata.touched ?? [];
    const touched = (chunks: readonly WantedChunk[]): void => void (this.#touched = chunks);
    void followMemory(restored?.feed, events.emit.bind(events), { lost: (error) => void (this.#lost ??= error), touched });
    this.#startedAt = clock.now().toISOString();
    this.#startedMs = clock.monotonicMs();
    const context: RunContext = {
      job,
      command,
      workingDirectory,
      ...given,
      attempt: options.attempt,
      staging: {
        memoryDirectory: join(options.memoryDirectory, 'staging'),
        diskDirectory: join(environment.stateDirectory, 'staging', options.attempt),
        plainDisk: environment.plainDiskStaging,
      },
      ...memoryWays(container, tools, { coverMemory, coverFolder: join(options.memoryDirectory, 'cover'), logger }),
      host: machine,
      touched: () => this.#touched,
      signal: this.#over.signal,
      emit: (event) => events.emit(event),
    };
    const obstacles = new ObstacleTeller(container, (event) => events.emit(event));
    void obstacles.soon(this.#over.signal);
    this.#snapshotter = new Snapshotter({
      obstacles,
      context,
      parent: { ref: restored?.from ?? options.continues, trees: restored?.files.trees, images },
      keep: request.keep,
      graceMs: environment.graceMs,
      emit: (event) => events.emit(event),
      onFenced: (message) => this.#fence(message),
    });
    this.#records = new RunRecords(options, this.#startedAt, this.#over.signal);
    events.listen((event) => this.#records.note(event));
    this.#records.noteStart();
    this.#finished = this.#finish(container.exited);
    this.result = closed(this.#finished, control);
    void everyInterval(
      request.intervalMs,
      (lateMs) => this.#tick(lateMs),
      () => clock.monotonicMs(),
      this.#over.signal,
    );
    void watchLease({
      store: environment.store,
      catalog: environment.catalog,
      epoch,
      lease: options.lease,
      holder: { attempt: options.attempt, host: options.host, ...options.identity },
      onLease: (lease) => {
        this.#lease = lease;
      },
      ttlMs: environment.leaseTtlMs,
      logger: environment.logger,
      signal: this.#over.signal,
      onFenced: (message) => this.#fence(message),
    });
  }

  get job(): string {
    return this.#options.request.job;
  }

  get attempt(): string {
    return this.#options.attempt;
  }

  get epoch(): number {
    return this.#options.epoch.epoch;
  }

  get resumedFrom(): number | undefined {
    return this.#options.restored?.from.number;
  }

  events(): AsyncIterable<RunEvent> {
    return this.#options.events.read();
  }

  snapshot(reason: 'request' | 'rebalance' = 'request'): Promise<SnapshotOutcome> {
    return this.#snapshotter.take(reason);
  }

  hold(): Promise<SnapshotOutcome> {
    return this.#snapshotter.take('notice');
  }

  async release(): Promise<void> {
    if (!this.#snapshotter.isHeld) return;
    const { environment, epoch } = this.#options;
    try {
      await environment.store.assertCurrent(epoch, { signal: this.#over.signal });
    } catch (error) {
      const failure = asHoldfastError(error);
      if (failure.kind === 'fenced') return this.#fence(failure.message);
      // A storage that does not answer proves nothing.
    }
    await this.#snapshotter.release();
  }

  stop(): Promise<RunResult> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async kill(): Promise<RunResult> {
    if (!this.#over.signal.aborted) this.#ended = true;
    await this.#options.container.kill();
    return this.result;
  }

  /**
   * Lets go of a job that goes on without this process, for another attempt to take over: a snapshot under way is given up, the end is not noted, and
   * `result` does not resolve. The container must not tell its end any more.
   */
  async leave(): Promise<void> {
    const { container } = this.#options;
    this.#over.abort();
    await this.#snapshotter.idle();
    await container.thaw();
    await this.#snapshotter.close();
    await this.#control?.[Symbol.asyncDispose]();
    await this.#tidy();
    this.#options.events.end();
    // The lease stays: the job runs. Whoever takes it over on this machine knows that its holder is gone, others wait until it has run out.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #tick(lateMs: number): Promise<void> {
    if (this.#isNotToBeTaken()) return;
    if (lateMs > 0) this.#options.events.emit({ type: 'snapshot.delayed', lateMs: Math.round(lateMs) });
    // What somebody asks for, and a last snapshot, wait for nobody.
    using _turn = await this.#options.environment.snapshotTurns?.take(this.#over.signal);
    if (this.#isNotToBeTaken()) return;
    // The failure was told as an event; the job goes on and the next interval tries again.
    await this.#snapshotter.take('interval').catch(() => undefined);
  }

  #isNotToBeTaken(): boolean {
    return this.#stopping !== undefined || this.#snapshotter.isHeld || this.#over.signal.aborted;
  }

  async #stop(): Promise<RunResult> {
    const { container, environment } = this.#options;
    try {
      await this.#snapshotter.take('stop');
    } catch (error) {
      const failure = asHoldfastError(error);
      // The job ended by itself meanwhile, or somebody killed it: that is its end, and no stop.
      if (this.#over.signal.aborted || failure.code === 'HF_JOB_NOT_RUNNING') return this.result;
      // Killed meanwhile: there is nothing to report.
      if (failure.kind !== 'aborted') this.#lost ??= failure;
      this.#ended = true;
      await endGracefully(container, environment.limits.stopGraceMs);
    }
    return this.result;
  }

  async #stopFor(): Promise<StoppedJob> {
    void this.stop();
    return stoppedJob(await this.#finished);
  }

  #fence(message: string): void {
    if (this.#over.signal.aborted) return;
    this.#options.events.emit({ type: 'attempt.fenced', message });
    this.#lost ??= new HoldfastError('HF_FENCED', { message, kind: 'fenced', operation: 'run', hint: 'holdfast show tells where it runs' });
    void this.#options.container
      .kill()
      .catch((cause: unknown) => this.#options.environment.logger.error({ error: String(cause) }, 'the job could not be ended'));
  }

  async #finish(exited: Promise<ExitStatus>): Promise<RunResult> {
    const { environment, container, events, notes, request, epoch } = this.#options;
    const status = await exited;
    await this.#options.restored?.feed?.over;
    this.#over.abort();
    await this.#snapshotter.idle();
    await this.#snapshotter.close();
    const outcome = this.#ended || this.#snapshotter.endedJob ? 'stopped' : isLost(status, this.#lost) ? 'lost' : 'exited';
    if (outcome === 'lost') this.#lost ??= lostJob(status);
    const exitCode = status.exitCode ?? (status.signal === undefined ? undefined : 128 + status.signal);
    if (outcome === 'stopped') events.emit({ type: 'job.stopped', snapshot: this.#snapshotter.last?.number });
    else events.emit({ type: 'job.exited', exitCode, signal: status.signal, byItself: outcome === 'exited' });
    if (outcome === 'exited') await noteEnd(environment, epoch, exitCode ?? 0, (event) => events.emit(event));
    // Of a job that a newer attempt has, that one tells.
    this.#records.noteEnd(outcome, exitCode, this.#lost?.kind === 'fenced');
    // What is left of it on this machine changes nothing of how the job went.
    await container
      .dispose()
      .catch((error: unknown) =>
        environment.logger.warn({ job: request.job, error: String(error) }, 'what a job left on this machine was not removed'),
      );
    await this.#tidy();
    // A catalog that does not answer lets it run out.
    if (this.#lease !== undefined && !notes.isBehind) await environment.catalog.releaseLease(this.#lease).catch(() => undefined);
    events.end();
    return {
      job: request.job,
      attempt: this.attempt,
      outcome,
      exitCode,
      snapshots: this.#snapshotter.committed,
      lastSnapshot: this.#snapshotter.last?.number,
      resumedFrom: this.resumedFrom,
      error: this.#lost,
      durationMs: Math.round(environment.clock.monotonicMs() - this.#startedMs),
    };
  }

  async #tidy(): Promise<void> {
    const { directory, memoryDirectory, environment, notes } = this.#options;
    for (const folder of [directory, memoryDirectory, join(environment.stateDirectory, 'staging', this.attempt)]) {
      await removeFolder(folder).catch(() => undefined);
    }
    await notes.settled();
  }
}
