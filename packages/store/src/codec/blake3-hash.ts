import { hkdfSync } from 'node:crypto';
import { Blake3Hasher } from '@napi-rs/blake-hash';
import { hashLength, type KeyedHash } from './keyed-hash.js';

/** The first 16 bytes of BLAKE3 in its keyed mode. */
export class Blake3Hash implements KeyedHash {
  readonly isSlow = true;
  readonly #hasher: Blake3Hasher;
  readonly #words: Buffer = Buffer.alloc(hashLength);

  constructor(key: Uint8Array) {
    this.#hasher = Blake3Hasher.newKeyed(Buffer.from(hkdfSync('sha256', key, new Uint8Array(), 'holdfast blake3-128', 32)));
  }

  into(target: Uint8Array, offset: number, bytes: Uint8Array): void {
    this.#compute(bytes);
    target.set(this.#words, offset);
  }

  equals(expected: Uint8Array, offset: number, bytes: Uint8Array): boolean {
    this.#compute(bytes);
    return this.#words.compare(expected, offset, offset + hashLength) === 0;
  }

  /** By way of hexadecimal, which takes a third less time for a page than a buffer made outside of V8; the rest of it does not fit and is not written. */
  #compute(bytes: Uint8Array): void {
    this.#hasher.reset();
    this.#words.write(this.#hasher.update(bytes).digest('hex'), 'hex');
  }
}
