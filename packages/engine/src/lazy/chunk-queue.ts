import type { PageRun } from '@holdfast/core';
import { chunkPages } from '@holdfast/core/basics';

/** Some pages of a process, to be sent together. */
export interface WantedChunk {
  readonly pid: number;
  /** A multiple of `chunkPages`. */
  readonly firstPage: number;
  /** Somebody waits for a page of it. */
  readonly urgent?: boolean;
}

/**
 * Which chunks are still to be sent, and in what order: those around pages that somebody waits for, the newest first, then what earlier resumes touched
 * first, then the rest by process and address.
 */
export class ChunkQueue {
  /** By process; a process's chunks are in ascending order. */
  readonly #left = new Map<number, Map<number, WantedChunk>>();
  readonly #urgent: WantedChunk[] = [];
  #first: readonly WantedChunk[];
  #nextFirst = 0;

  constructor(first: readonly WantedChunk[]) {
    this.#first = first;
  }

  /** Pages that are missing; each process's in ascending order, or nearly. */
  need(pid: number, { firstPage, pageCount }: PageRun): void {
    let chunks = this.#left.get(pid);
    if (chunks === undefined) this.#left.set(pid, (chunks = new Map<number, WantedChunk>()));
    for (let first = startOf(firstPage); first < firstPage + pageCount; first += chunkPages)
      if (!chunks.has(first)) chunks.set(first, { pid, firstPage: first });
  }

  /** Somebody waits for a page; its chunk comes next, unless it was taken already. */
  hurry(pid: number, page: number): void {
    const chunk = this.#left.get(pid)?.get(startOf(page));
    if (chunk !== undefined) this.#urgent.push({ ...chunk, urgent: true });
  }

  /** Undefined where everything was taken. */
  take(): WantedChunk | undefined {
    for (let chunk = this.#urgent.pop(); chunk !== undefined; chunk = this.#urgent.pop()) if (this.#remove(chunk)) return chunk;
    for (; this.#nextFirst < this.#first.length; this.#nextFirst += 1) {
      const chunk = this.#first[this.#nextFirst];
      if (chunk !== undefined && this.#remove(chunk)) return chunk;
    }
    for (const [pid, chunks] of this.#left) {
      for (const chunk of chunks.values()) {
        chunks.delete(chunk.firstPage);
        return chunk;
      }
      this.#left.delete(pid);
    }
    return undefined;
  }

  #remove({ pid, firstPage }: WantedChunk): boolean {
    return this.#left.get(pid)?.delete(firstPage) === true;
  }
}

export function startOf(page: number): number {
  return page - (page % chunkPages);
}
