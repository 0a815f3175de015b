const nothing = Buffer.alloc(0);

/** Takes a stream of chunks apart into pieces of any length. */
export class ByteQueue implements AsyncDisposable {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #left: Buffer = nothing;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** At least one byte and at most `limit`; undefined at the end. */
  async some(limit: number): Promise<Buffer | undefined> {
    while (this.#left.length === 0) {
      const next: IteratorResult<Uint8Array, unknown> = await this.#chunks.next();
      if (next.done === true) return undefined;
      this.#left = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const piece = this.#left.subarray(0, limit);
    this.#left = this.#left.subarray(piece.length);
    return piece;
  }

  /** So many bytes exactly; undefined where there are not so many any more. */
  async take(length: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const piece = await this.some(left);
      if (piece === undefined) return undefined;
      pieces.push(piece);
      left -= piece.length;
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }
}
