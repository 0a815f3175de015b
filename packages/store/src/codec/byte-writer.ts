/** Bytes that grow; the counterpart of ByteReader. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const start = this.#reserve(1);
    this.#bytes.writeUInt8(value, start);
    return this;
  }

  u16(value: number): this {
    const start = this.#reserve(2);
    this.#bytes.writeUInt16LE(value, start);
    return this;
  }

  u32(value: number): this {
    const start = this.#reserve(4);
    this.#bytes.writeUInt32LE(value, start);
    return this;
  }

  u64(value: number): this {
    const start = this.#reserve(8);
    this.#bytes.writeBigUInt64LE(BigInt(value), start);
    return this;
  }

  varint(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    return this.u8(rest);
  }

  bytes(value: Uint8Array): this {
    const start = this.#reserve(value.length);
    this.#bytes.set(value, start);
    return this;
  }

  /** The text with its length in bytes before it. */
  text(value: string): this {
    const bytes = Buffer.from(value, 'utf8');
    return this.varint(bytes.length).bytes(bytes);
  }

  zeros(count: number): this {
    const start = this.#reserve(count);
    this.#bytes.fill(0, start, start + count);
    return this;
  }

  /** A view of what was written; valid until the next write. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Called before `#bytes` is read: it may put a larger buffer there. */
  #reserve(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, start);
      this.#bytes = grown;
    }
    this.#length = needed;
    return start;
  }
}
