interface Measured {
  readonly bytes: number;
  readonly ms: number;
}

/** Before anything was measured: what a slow shared storage takes. */
const assumedBytesPerSecond = 50 * 1024 ** 2;
const remembered = 16;
/** What is smaller measures the fixed part of a snapshot, not the storage. */
const leastBytes = 16 * 1024 ** 2;

/** How fast this node's snapshots came to be safe, from begin to commit, over the last ones. */
export class PersistRate {
  #measured: readonly Measured[] = [];

  note(bytes: number, ms: number): void {
    if (bytes < leastBytes || ms <= 0) return;
    this.#measured = [...this.#measured.slice(1 - remembered), { bytes, ms }];
  }

  get bytesPerSecond(): number {
    const bytes = this.#measured.reduce((sum, each) => sum + each.bytes, 0);
    const ms = this.#measured.reduce((sum, each) => sum + each.ms, 0);
    return ms === 0 ? assumedBytesPerSecond : (bytes * 1000) / ms;
  }
}
