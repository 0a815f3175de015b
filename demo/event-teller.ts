import { formatSize } from '@holdfast/core';
import { numberField, type ReportedEvent, textField } from '@holdfast/testkit/victims';
import type { Timeline } from './timeline.ts';

/** What the events of all attempts add up to. */
export interface Tally {
  readonly freezesMs: number[];
  readonly storedBytes: number[];
  /** From the line to the running job, where it was resumed. */
  readonly resumesMs: number[];
  kills: number;
  lastSnapshotAt: number;
}

/** Where events come from, oldest first, and when what they tell of was begun. */
export interface EventSource {
  readonly startedAt: number;
  readonly events: readonly ReportedEvent[];
}

/** Puts the events of one attempt on the timeline. */
export class EventTeller {
  readonly #source: EventSource;
  readonly #timeline: Timeline;
  readonly #tally: Tally;
  #told = 0;

  constructor(source: EventSource, timeline: Timeline, tally: Tally) {
    this.#source = source;
    this.#timeline = timeline;
    this.#tally = tally;
  }

  /** Tells what has happened since it was called before. */
  tellNew(): void {
    const news = this.#source.events.slice(this.#told);
    this.#told += news.length;
    for (const event of news) this.#tell(event, event.at === undefined ? Date.now() : Date.parse(event.at));
  }

  #tell(event: ReportedEvent, at: number): void {
    const number = (field: string): number => numberField(event, field) ?? 0;
    switch (event.type) {
      case 'snapshot.committed': {
        this.#tally.freezesMs.push(number('freezeMs'));
        this.#tally.storedBytes.push(number('storedBytes'));
        this.#tally.lastSnapshotAt = at;
        const freeze = `${Math.round(number('freezeMs'))} ms`.padStart(7);
        const sizes = `${formatSize(number('storedBytes')).padStart(8)} stored to hold ${formatSize(number('logicalBytes'))}`;
        this.#timeline.tell('snapshot', `${String(number('number')).padStart(2)}   frozen ${freeze}   ${sizes}`, at);
        return;
      }
      case 'job.resumed': {
        const tookMs = at - this.#source.startedAt;
        this.#tally.resumesMs.push(tookMs);
        this.#timeline.tell(
          'resume',
          `from snapshot ${number('snapshot')}: the job runs again ${(tookMs / 1000).toFixed(1)} s after the line was given`,
          at,
        );
        return;
      }
      case 'job.exited':
        this.#timeline.tell('end', `the program ended with status ${number('exitCode')}`, at);
        return;
      case 'snapshot.failed':
        if (event['code'] !== 'HF_ABORTED') this.#tellTrouble(event, at);
        return;
      case 'restore.failed':
      case 'warning':
      case 'error':
        this.#tellTrouble(event, at);
        return;
      default:
    }
  }

  #tellTrouble(event: ReportedEvent, at: number): void {
    this.#timeline.tell('note', `${event.type}: ${textField(event, 'message') ?? JSON.stringify(event['error'] ?? event)}`, at);
  }
}
