/** Fixed-size records appended one by one. */
export class GrowingBytes {
  #bytes: Buffer = Buffer.alloc(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Room for `count` more bytes, zeroed: write them into `view` at the returned offset. */
  extend(count: number): { readonly bytes: Buffer; readonly offset: number } {
    const offset = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(this.#length, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, offset);
      this.#bytes = grown;
    }
    return { bytes: this.#bytes, offset };
  }

  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
