import { hkdfSync } from 'node:crypto';
import { Blake3Hasher } from '@napi-rs/blake-hash';
import { hashLength, type KeyedHash } from './keyed-hash.js';

/** The first 16 bytes of BLAKE3 in its keyed mode. */
export class Blake3Hash implements KeyedHash {
  readonly #hasher: Blake3Hasher;

  constructor(key: Uint8Array) {
    this.#hasher = Blake3Hasher.newKeyed(Buffer.from(hkdfSync('sha256', key, new Uint8Array(), 'holdfast blake3-128', 32)));
  }

  into(target: Uint8Array, offset: number, bytes: Uint8Array): void {
    target.set(this.#compute(bytes), offset);
  }

  equals(expected: Uint8Array, offset: number, bytes: Uint8Array): boolean {
    return this.#compute(bytes).compare(expected, offset, offset + hashLength) === 0;
  }

  #compute(bytes: Uint8Array): Buffer {
    this.#hasher.reset();
    return this.#hasher.update(bytes).digestBuffer().subarray(0, hashLength);
  }
}
