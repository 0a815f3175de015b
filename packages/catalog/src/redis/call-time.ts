import type { Command, RedisPort } from './connection.js';

/** One try of a call. Nothing is sent once the call is over, so that no write comes later than its rejection. */
export interface Attempt extends RedisPort {
  /** From here on an abort comes too late: what is visible to others is brought to its end. */
  commit(): void;
}

/** A try that ends because its call does. */
export class CallOver extends Error {}

/** The time of one call, with all its tries: over when its milliseconds are, or when it is aborted before it wrote something. */
export class CallTime {
  /** Aborted at the end of the milliseconds. */
  readonly end: AbortSignal;
  readonly #signal: AbortSignal | undefined;
  #isCommitted = false;

  constructor(timeoutMs: number, signal: AbortSignal | undefined) {
    this.end = AbortSignal.timeout(timeoutMs);
    this.#signal = signal;
  }

  isAborted(): boolean {
    return this.#signal?.aborted === true && !this.#isCommitted;
  }

  isOver(): boolean {
    return this.end.aborted || this.isAborted();
  }

  assertOn(): void {
    if (this.isOver()) throw new CallOver();
  }

  attempt(port: RedisPort): Attempt {
    return {
      commit: () => {
        this.#isCommitted = true;
      },
      send: async (...command: Command) => {
        this.assertOn();
        return port.send(...command);
      },
      sendTogether: async (commands) => {
        this.assertOn();
        return port.sendTogether(commands);
      },
    };
  }
}
