import { type Clock, type Logger, silentLogger } from '@holdfast/core';
import type { RunEvent, RunEventBody } from './events.js';

/** Keeps a run's events and hands all of them, from the first on, to each reader. */
export class EventLog {
  readonly #clock: Clock;
  readonly #job: string;
  readonly #attempt: string;
  readonly #logger: Logger;
  readonly #events: RunEvent[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #listeners = new Set<(event: RunEvent) => void>();
  #ended = false;

  constructor(clock: Clock, job: string, attempt: string, logger: Logger = silentLogger) {
    this.#clock = clock;
    this.#job = job;
    this.#attempt = attempt;
    this.#logger = logger;
  }

  emit(body: RunEventBody): void {
    if (this.#ended) return;
    const event: RunEvent = { at: this.#clock.now().toISOString(), job: this.#job, attempt: this.#attempt, ...body };
    this.#events.push(event);
    for (const listener of this.#listeners) this.#tell(listener, event);
    this.#wake();
  }

  /** Calls back for every event, those of the past first. */
  listen(listener: (event: RunEvent) => void): void {
    for (const event of this.#events) this.#tell(listener, event);
    this.#listeners.add(listener);
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *read(): AsyncGenerator<RunEvent> {
    for (let index = 0; ; index += 1) {
      while (index >= this.#events.length) {
        if (this.#ended) return;
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
      const event = this.#events[index];
      if (event !== undefined) yield event;
    }
  }

  /** A listener's failure is its own: the job and its snapshots go on. */
  #tell(listener: (event: RunEvent) => void, event: RunEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#logger.error({ error: error instanceof Error ? error.message : String(error), event: event.type }, 'a listener of the run failed');
    }
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
