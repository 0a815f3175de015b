import { Blake3Hash } from './blake3-hash.js';
import type { HashKind, KeyedHash } from './keyed-hash.js';
import { Xxh3Hash } from './xxh3-hash.js';

export function createKeyedHash(kind: HashKind, key: Uint8Array): KeyedHash {
  return kind === 'blake3-128' ? new Blake3Hash(key) : new Xxh3Hash(key);
}
