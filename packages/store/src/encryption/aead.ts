import { type CipherGCM, createCipheriv, createDecipheriv, type DecipherGCM } from 'node:crypto';
import { releaseMemory } from '../codec/release-memory.js';
import { MalformedBytes } from '../codec/byte-reader.js';

const algorithm = 'aes-256-gcm';
export const tagBytes = 16;
export const nonceBytes = 12;

/** Bytes that are encrypted once under this key and nonce: see docs/format.md, "Encryption", for why no pair comes twice. */
export interface Sealing {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  /** Bytes that stay readable and cannot be exchanged. */
  readonly authenticated: readonly Uint8Array[];
}

/** The parts encrypted, one after the other, then the tag. As long as the parts together, and 16 bytes. */
export function seal(sealing: Sealing, ...parts: readonly Uint8Array[]): Buffer {
  const sealed = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, tagBytes));
  sealInto(sealed, sealing, ...parts);
  return sealed;
}

/** The same at the beginning of `target`. */
export function sealInto(target: Buffer, { key, nonce, authenticated }: Sealing, ...parts: readonly Uint8Array[]): void {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  for (const bytes of authenticated) cipher.setAAD(bytes);
  let end = 0;
  for (const part of parts) end = updateInto(target, end, cipher, part);
  cipher.final();
  cipher.getAuthTag().copy(target, end);
}

/** What `seal` was given. Throws MalformedBytes, saying that `what` is not genuine, where a byte or the key is another one. */
export function unseal(sealing: Sealing, sealed: Uint8Array, what: string): Buffer {
  return unsealInto(Buffer.allocUnsafe(Math.max(0, sealed.length - tagBytes)), sealing, sealed, what);
}

/** The same at the beginning of `target`, which holds bytes of no meaning where it throws. */
export function unsealInto(target: Buffer, { key, nonce, authenticated }: Sealing, sealed: Uint8Array, what: string): Buffer {
  if (sealed.length < tagBytes) throw new MalformedBytes(`${what} is too short to be encrypted`);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  for (const bytes of authenticated) decipher.setAAD(bytes);
  const end = sealed.length - tagBytes;
  decipher.setAuthTag(sealed.subarray(end));
  try {
    updateInto(target, 0, decipher, sealed.subarray(0, end));
    decipher.final();
    return target.subarray(0, end);
  } catch (error) {
    throw new MalformedBytes(`${what} was not encrypted with this repository's key, or for another place`, { cause: error });
  }
}

function updateInto(target: Buffer, start: number, cipher: CipherGCM | DecipherGCM, bytes: Uint8Array): number {
  const result = cipher.update(bytes);
  result.copy(target, start);
  releaseMemory(result);
  return start + bytes.length;
}
