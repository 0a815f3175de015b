import { overNote, startedNote } from '../catalog/attempt-note.js';
import { bringInLine } from '../catalog/bring-in-line.js';
import { keepNote } from '../catalog/keep-note.js';
import { attemptRecord, checkpointRecord, eventRecord, jobRecord } from './catalog-records.js';
import type { RunEvent } from './events.js';
import { lastingSignal } from './lasting-signal.js';
import type { ActiveRunOptions } from './run-environment.js';
import type { RunResult } from './types.js';

/** The end of a job that was short waits no longer until the catalog is in line with the storage. */
const lastCatalogMs = 10_000;

/** What repository and catalog hear of a run. The repository hears of it first: a catalog is rebuilt from what is there. */
export class RunRecords {
  readonly #options: ActiveRunOptions;
  readonly #startedAt: string;
  /** Aborted when the job is over. */
  readonly #over: AbortSignal;

  constructor(options: ActiveRunOptions, startedAt: string, over: AbortSignal) {
    this.#options = options;
    this.#startedAt = startedAt;
    this.#over = over;
  }

  noteStart(): void {
    const { notes, request, epoch } = this.#options;
    const record = jobRecord(this.#options, 'running', undefined);
    const attempt = attemptRecord(this.#options, this.#startedAt, undefined);
    notes.after(() => keepNote(this.#options, 'started', startedNote(record, attempt)));
    notes.note({ write: 'job', record });
    notes.note({ write: 'lost', job: request.job, epoch: epoch.epoch, at: this.#startedAt });
    notes.note({ write: 'attempt', record: attempt });
    notes.after(() => this.#bringInLine());
  }

  /** With `fenced` the job itself is the newer attempt's to tell of. */
  noteEnd(outcome: RunResult['outcome'], exitCode: number | undefined, fenced: boolean): void {
    const { notes } = this.#options;
    const status = outcome === 'exited' ? (exitCode === 0 ? 'succeeded' : 'failed') : 'interrupted';
    const record = fenced ? undefined : jobRecord(this.#options, status, outcome === 'exited' ? exitCode : undefined);
    const attempt = attemptRecord(this.#options, this.#startedAt, { outcome, exitCode });
    notes.after(() => keepNote(this.#options, 'over', overNote(record, attempt, this.#startedAt)));
    if (record !== undefined) notes.note({ write: 'job', record });
    notes.note({ write: 'attempt', record: attempt });
  }

  note(event: RunEvent): void {
    const { notes, epoch } = this.#options;
    notes.note({ write: 'event', record: eventRecord(event) });
    if (event.type === 'snapshot.committed') notes.note({ write: 'snapshot', record: checkpointRecord(event, epoch.epoch) });
    if (event.type === 'snapshots.pruned') notes.note({ write: 'pruned', job: event.job, numbers: event.numbers });
  }

  /** What a dead attempt could not tell the catalog. */
  async #bringInLine(): Promise<void> {
    const { environment, notes, request } = this.#options;
    using lasting = lastingSignal(this.#over, lastCatalogMs);
    if (!notes.isBehind) await bringInLine(environment, request.job, { signal: lasting.signal }).catch(() => undefined);
  }
}
