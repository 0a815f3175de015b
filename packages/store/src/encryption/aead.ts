import { createCipheriv, createDecipheriv } from 'node:crypto';
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
export function seal({ key, nonce, authenticated }: Sealing, ...parts: readonly Uint8Array[]): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  for (const bytes of authenticated) cipher.setAAD(bytes);
  const sealed = parts.map((part) => cipher.update(part));
  return Buffer.concat([...sealed, cipher.final(), cipher.getAuthTag()]);
}

/** What `seal` was given. Throws MalformedBytes, saying that `what` is not genuine, where a byte or the key is another one. */
export function unseal({ key, nonce, authenticated }: Sealing, sealed: Uint8Array, what: string): Buffer {
  if (sealed.length < tagBytes) throw new MalformedBytes(`${what} is too short to be encrypted`);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  for (const bytes of authenticated) decipher.setAAD(bytes);
  const end = sealed.length - tagBytes;
  decipher.setAuthTag(sealed.subarray(end));
  try {
    const bytes = decipher.update(sealed.subarray(0, end));
    decipher.final();
    return bytes;
  } catch (error) {
    throw new MalformedBytes(`${what} was not encrypted with this repository's key, or for another place`, { cause: error });
  }
}
