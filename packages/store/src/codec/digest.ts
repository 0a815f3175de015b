import { Blake3Hasher, blake3 } from '@napi-rs/blake-hash';

export const digestLength = 32;

/** BLAKE3 over the parts in order. */
export function digestOf(...parts: readonly Uint8Array[]): Buffer {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return blake3(only);
  const hasher = new Blake3Hasher();
  for (const part of parts) hasher.update(part);
  return hasher.digestBuffer();
}
