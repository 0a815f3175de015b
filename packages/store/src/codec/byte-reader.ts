/** What a decoder throws for bytes that cannot be right; whoever knows the file turns it into an error that names it. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}

/** Reads integers and slices from bytes that nobody vouches for: every step is checked against the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #position: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    if (start < 0 || end > bytes.length || start > end) throw new MalformedBytes(`range ${start}-${end} lies outside of ${bytes.length} bytes`);
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = start;
    this.#end = end;
  }

  get remaining(): number {
    return this.#end - this.#position;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  /** A 64-bit integer that a number can hold exactly. */
  u64(): number {
    const value = this.#bytes.readBigUInt64LE(this.#advance(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedBytes(`the integer ${value} is too large`);
    return Number(value);
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) break;
      if (byte < 0x80) {
        if (byte === 0 && count > 0) throw new MalformedBytes('an integer is written longer than needed');
        return value;
      }
      scale *= 128;
    }
    throw new MalformedBytes('an integer is too large');
  }

  /** A count of things that take at least `least` bytes each, so that it cannot exceed what is left. */
  count(least: number): number {
    const value = this.varint();
    if (value * least > this.remaining) throw new MalformedBytes(`${value} entries do not fit into ${this.remaining} bytes`);
    return value;
  }

  /** A view, not a copy. */
  bytes(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    return this.bytes(length).toString('utf8');
  }

  finish(what: string): void {
    if (this.remaining !== 0) throw new MalformedBytes(`${this.remaining} bytes are left over after ${what}`);
  }

  #advance(length: number): number {
    const start = this.#position;
    if (length > this.#end - start) throw new MalformedBytes(`it ends ${length - (this.#end - start)} bytes too early`);
    this.#position = start + length;
    return start;
  }
}
