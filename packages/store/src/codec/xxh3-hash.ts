import { hkdfSync } from 'node:crypto';
import { xxh3 } from '@node-rs/xxhash';
import { hashLength, type KeyedHash } from './keyed-hash.js';

/** XXH3-128 under the repository's key: fast, and not to be steered by who does not know the key. */
export class Xxh3Hash implements KeyedHash {
  readonly isSlow = false;
  readonly #secret: Uint8Array;
  readonly #low = new BigUint64Array(2);
  readonly #words = Buffer.from(this.#low.buffer);

  constructor(key: Uint8Array) {
    this.#secret = new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), 'holdfast xxh3-128', 192));
  }

  into(target: Uint8Array, offset: number, bytes: Uint8Array): void {
    this.#compute(bytes);
    target.set(this.#words, offset);
  }

  equals(expected: Uint8Array, offset: number, bytes: Uint8Array): boolean {
    this.#compute(bytes);
    return this.#words.compare(expected, offset, offset + hashLength) === 0;
  }

  /** Little-endian halves, the low one first; every machine that Node.js runs on here is little-endian. */
  #compute(bytes: Uint8Array): void {
    const hash = xxh3.xxh128WithSecret(bytes, this.#secret);
    this.#low[0] = hash;
    this.#low[1] = hash >> 64n;
  }
}
