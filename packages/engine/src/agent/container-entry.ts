import type { JobState } from '@holdfast/core';
import type { AdoptedContainer } from '../container/adopted/adopted-container.js';
import type { ActiveRun } from '../run/active-run.js';
import type { RunEvent } from '../run/events.js';
import type { MemoryFrom } from '../run/memory-account.js';
import { type ContainerRecord, writeContainerRecord } from './container-record.js';
import type { ContainerSetup } from './container-setup.js';
import { mayEnd } from './stop-signal.js';
import type { ContainerStatus, ProtectedJob, SnapshotFailure } from './types.js';

/** One container that asked for snapshots, from its creation to its end. */
export class ContainerEntry {
  readonly setup: ContainerSetup;
  readonly since: string;
  /** Aborted when nothing is to be done for the container any more, or the agent ends. */
  readonly over: AbortController = new AbortController();
  /** Resolves when nothing of it is under way any more. */
  readonly finished: Promise<void>;
  record: ContainerRecord;
  run: ActiveRun | undefined;
  container: AdoptedContainer | undefined;
  #state: ContainerStatus['state'] = 'starting';
  #reason: string | undefined;
  #lastSnapshotAt: string | undefined;
  #memoryFrom: MemoryFrom | undefined;
  #twinRefused: string | undefined;
  #snapshots = 0;
  #hasClaimed = false;
  #failuresInRow = 0;
  #lastFailure: SnapshotFailure | undefined;
  readonly #started = Promise.withResolvers<void>();
  readonly #finish = Promise.withResolvers<void>();

  constructor(setup: ContainerSetup, since: string, record?: ContainerRecord) {
    const { id, name, job, bundle, root, contract } = setup;
    this.setup = setup;
    this.since = since;
    this.finished = this.#finish.promise;
    const place = { imagePath: contract.imagePath, subpath: contract.subpath };
    this.record = record ?? { version: 1, id, name, job, bundle, root, attempts: [], epochBefore: 0, place };
  }

  /** Resolves when the launcher says that the container's program runs. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  get state(): ContainerStatus['state'] {
    return this.#state;
  }

  /** Before it claims the job: whoever comes after this agent must know it for one of this container's. */
  async noteAttempt(stateDirectory: string, attempt: string, state: JobState): Promise<void> {
    const { attempts, epochBefore } = this.record;
    const before = attempts.length > 0 ? epochBefore : (state.epoch?.epoch ?? 0);
    this.record = { ...this.record, attempts: [...attempts, attempt], epochBefore: before };
    this.#hasClaimed = true;
    await writeContainerRecord(stateDirectory, this.record);
  }

  /** Whether this agent has claimed the job for it, or is about to. */
  get hasClaimed(): boolean {
    return this.#hasClaimed;
  }

  /** Whether somebody else has claimed the job since this container began with it. */
  isTakenOver({ epoch }: JobState): boolean {
    const { attempts, epochBefore } = this.record;
    return attempts.length > 0 && epoch !== undefined && epoch.epoch > epochBefore && !attempts.includes(epoch.holder.attempt);
  }

  /** Whether the job's last claim is this container's. */
  isOwn({ epoch }: JobState): boolean {
    return epoch !== undefined && this.record.attempts.includes(epoch.holder.attempt);
  }

  /** What `docker stop` sends it; undefined until Docker has told. */
  stopSignal: number | undefined;

  /** Somebody has a signal sent to the container, `sinceMs` ago. */
  relayed(signal: number, sinceMs = 0): void {
    if (mayEnd(signal, this.stopSignal)) this.container?.relayed(signal, sinceMs);
  }

  tellStarted(): void {
    this.#started.resolve();
  }

  protectedBy(run: ActiveRun, container: AdoptedContainer): void {
    this.run = run;
    this.container = container;
    this.#state = 'protected';
    this.#reason = undefined;
  }

  waitsFor(reason: string): void {
    this.#state = 'waiting';
    this.#reason = reason;
  }

  goesUnprotected(reason: string): void {
    this.#state = 'unprotected';
    this.#reason = reason;
  }

  finish(): void {
    this.over.abort();
    this.#finish.resolve();
  }

  hear(event: RunEvent): void {
    if (event.type === 'restore.started') this.#lastSnapshotAt = event.takenAt;
    if (event.type === 'snapshot.failed') {
      const { at, code, message, hint } = event;
      this.#failuresInRow += 1;
      this.#lastFailure = { at, code, message, hint };
    }
    if (event.type !== 'snapshot.committed') return;
    this.#lastSnapshotAt = event.createdAt;
    this.#memoryFrom = event.memoryFrom;
    this.#twinRefused = event.twinRefused;
    this.#snapshots += 1;
    this.#failuresInRow = 0;
    this.#lastFailure = undefined;
  }

  status(): ContainerStatus {
    const { id, name, job } = this.setup;
    return {
      containerId: id,
      containerName: name,
      job,
      state: this.#state,
      reason: this.#reason,
      since: this.since,
      epoch: this.run?.epoch,
      resumedFrom: this.run?.resumedFrom,
      lastSnapshotAt: this.#lastSnapshotAt,
      memoryFrom: this.#memoryFrom,
      twinRefused: this.#twinRefused,
      snapshots: this.#snapshots,
      failuresInRow: this.#failuresInRow,
      lastFailure: this.#lastFailure,
    };
  }

  protectedJob(): ProtectedJob | undefined {
    const { run, container } = this;
    if (run === undefined || container === undefined) return undefined;
    const { id, name, job } = this.setup;
    return {
      job,
      containerId: id,
      containerName: name,
      since: this.since,
      lastSnapshotAt: this.#lastSnapshotAt,
      run,
      memoryBytes: () => container.memoryBytes(),
    };
  }
}
