import { startOf, type WantedChunk } from './chunk-queue.js';

const firstMs = 10_000;
const limit = 1024;

/** What a job waits for in its first ten seconds, by chunk, in the order in which it does. */
export class Touched {
  readonly #chunks = new Map<string, WantedChunk>();
  #endsAt = Number.POSITIVE_INFINITY;

  get chunks(): readonly WantedChunk[] {
    return [...this.#chunks.values()];
  }

  get hasBegun(): boolean {
    return this.#endsAt !== Number.POSITIVE_INFINITY;
  }

  /** The job runs. */
  begin(): void {
    this.#endsAt = Math.min(this.#endsAt, performance.now() + firstMs);
  }

  note(pid: number, page: number): void {
    if (this.#chunks.size >= limit || performance.now() > this.#endsAt) return;
    const firstPage = startOf(page);
    const name = `${pid} ${firstPage}`;
    if (!this.#chunks.has(name)) this.#chunks.set(name, { pid, firstPage });
  }
}
