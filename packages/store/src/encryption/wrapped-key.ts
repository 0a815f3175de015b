import { randomBytes } from 'node:crypto';
import { MalformedBytes } from '../codec/byte-reader.js';
import { type Fields, recordField, textField } from '../codec/fields.js';
import { nonceBytes, type Sealing, seal, tagBytes, unseal } from './aead.js';
import { keyBytes, saltBytes, wrappingKey } from './key-schedule.js';

const cipher = 'aes-256-gcm';
const kdf = 'hkdf-sha-256';

/** The data key as it lies in `repository.json`, under the user's key. */
export interface WrappedKey {
  readonly salt: Buffer;
  readonly sealed: Buffer;
}

export function wrapDataKey(dataKey: Uint8Array, userKey: Uint8Array, repositoryId: string): WrappedKey {
  const salt = randomBytes(saltBytes);
  return { salt, sealed: seal(wrapping(userKey, salt, repositoryId), dataKey) };
}

/** Undefined where the user's key is not the one that it was wrapped with. */
export function unwrapDataKey({ salt, sealed }: WrappedKey, userKey: Uint8Array, repositoryId: string): Uint8Array | undefined {
  try {
    return new Uint8Array(unseal(wrapping(userKey, salt, repositoryId), sealed, 'the data key'));
  } catch (error) {
    if (error instanceof MalformedBytes) return undefined;
    throw error;
  }
}

export function wrappedKeyFields({ salt, sealed }: WrappedKey): Fields {
  return { cipher, kdf, salt: salt.toString('hex'), wrappedKey: sealed.toString('hex') };
}

/** Throws MalformedBytes. */
export function parseWrappedKey(identity: Fields): WrappedKey {
  const fields = recordField(identity, 'encryption');
  if (fields === undefined) throw new MalformedBytes('it has no wrapped key');
  if (fields['cipher'] !== cipher || fields['kdf'] !== kdf) throw new MalformedBytes('its key is wrapped in a way that is not known');
  return { salt: hexadecimal(fields, 'salt', saltBytes), sealed: hexadecimal(fields, 'wrappedKey', keyBytes + tagBytes) };
}

/** The salt is used once, and so is the key; the nonce need not change. */
function wrapping(userKey: Uint8Array, salt: Uint8Array, repositoryId: string): Sealing {
  const authenticated = [Buffer.from('holdfast data key'), Buffer.from(repositoryId, 'hex')];
  return { key: wrappingKey(userKey, salt, repositoryId), nonce: new Uint8Array(nonceBytes), authenticated };
}

function hexadecimal(fields: Fields, name: string, length: number): Buffer {
  const text = textField(fields, name);
  if (!/^[0-9a-f]*$/.test(text) || text.length !== 2 * length) throw new MalformedBytes(`its ${name} is not ${length} bytes in hexadecimal`);
  return Buffer.from(text, 'hex');
}
