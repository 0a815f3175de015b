import { pageSizeBytes } from '@holdfast/core/basics';

/**
 * Memory for decoded blocks, seen by all threads and used again: the system takes its time over fresh memory, and the garbage collector over giving it
 * back. Sizes are powers of two, so that small blocks take little.
 */
export class PageSpaces {
  readonly #limitBytes: number;
  readonly #free = new Map<number, SharedArrayBuffer[]>();
  #totalBytes = 0;

  /** What is free is given up once all together are more than this. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  take(pageCount: number): SharedArrayBuffer {
    const sizeBytes = spaceBytes(pageCount);
    const free = this.#free.get(sizeBytes)?.pop();
    if (free !== undefined) return free;
    if (this.#totalBytes + sizeBytes > this.#limitBytes) this.#giveUpFree();
    this.#totalBytes += sizeBytes;
    return new SharedArrayBuffer(sizeBytes);
  }

  giveBack(space: SharedArrayBuffer): void {
    const free = this.#free.get(space.byteLength);
    if (free === undefined) this.#free.set(space.byteLength, [space]);
    else free.push(space);
  }

  #giveUpFree(): void {
    for (const [sizeBytes, spaces] of this.#free) this.#totalBytes -= sizeBytes * spaces.length;
    this.#free.clear();
  }
}

export function spaceBytes(pageCount: number): number {
  return 2 ** Math.ceil(Math.log2(pageCount)) * pageSizeBytes;
}
