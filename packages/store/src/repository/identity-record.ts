import { pageSizeBytes } from '@holdfast/core/basics';
import { MalformedBytes } from '../codec/byte-reader.js';
import { type Fields, numberField, textField } from '../codec/fields.js';
import { type HashKind, hashKinds } from '../codec/keyed-hash.js';
import { parseWrappedKey, type WrappedKey, wrappedKeyFields } from '../encryption/wrapped-key.js';
import { newerFormat } from '../errors.js';
import { windowPages } from '../manifest/page-map.js';

const format = 'holdfast-repository';
const formatVersion = 1;
const encryptionFeature = 'encryption-aes-256-gcm';

/** `repository.json`; see docs/format.md, "Sealed JSON". */
export interface IdentityRecord {
  readonly id: string;
  readonly hash: HashKind;
  /** Of the keyed hash; or, where the repository is encrypted, the data key under the user's key. */
  readonly key: Uint8Array | WrappedKey;
  readonly createdAt: string;
}

export function encodeIdentity({ id, hash, key, createdAt }: IdentityRecord): Fields {
  const isPlain = key instanceof Uint8Array;
  return {
    format,
    version: formatVersion,
    id,
    features: isPlain ? [] : [encryptionFeature],
    pageSizeBytes,
    windowPages,
    digest: 'blake3',
    hash,
    ...(isPlain ? { key: Buffer.from(key).toString('hex') } : { encryption: wrappedKeyFields(key) }),
    createdAt,
  };
}

/** Throws MalformedBytes, or HF_FORMAT_NEWER naming `path`. */
export function parseIdentity(path: string, fields: Fields): IdentityRecord {
  if (fields['format'] !== format) throw new MalformedBytes('it is not the file of a Holdfast repository');
  const version = numberField(fields, 'version', 1);
  if (version !== formatVersion) throw newerFormat(path, `it has format version ${version}`);
  const features: unknown = fields['features'];
  if (!Array.isArray(features)) throw new MalformedBytes('its member features is not a list');
  const unknown: unknown = features.find((feature) => feature !== encryptionFeature);
  if (unknown !== undefined) throw newerFormat(path, `it needs the feature ${JSON.stringify(unknown)}`);
  for (const [name, value] of Object.entries({ pageSizeBytes, windowPages, digest: 'blake3' })) {
    if (fields[name] !== value) throw newerFormat(path, `its ${name} is ${JSON.stringify(fields[name])}`);
  }
  const hash = hashKinds.find((kind) => kind === fields['hash']);
  if (hash === undefined) throw newerFormat(path, `its hash is ${JSON.stringify(fields['hash'])}`);
  const [id, createdAt] = [textField(fields, 'id'), textField(fields, 'createdAt')];
  if (!/^[0-9a-f]{32}$/.test(id)) throw new MalformedBytes('its id is not hexadecimal');
  return { id, hash, key: features.length === 0 ? plainKey(fields) : parseWrappedKey(fields), createdAt };
}

function plainKey(fields: Fields): Buffer {
  const key = textField(fields, 'key');
  if (!/^[0-9a-f]{64}$/.test(key)) throw new MalformedBytes('its key is not hexadecimal');
  return Buffer.from(key, 'hex');
}
