import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core/basics';
import { MalformedBytes } from '../codec/byte-reader.js';
import type { Fields } from '../codec/fields.js';
import type { HashKind } from '../codec/keyed-hash.js';
import { decodeSealedJson, encodeSealedJson, sealedJsonLimitBytes } from '../codec/sealed-json.js';
import { keyMissing, keyWrong, notEncrypted } from '../encryption/errors.js';
import type { HeldKey } from '../encryption/held-key.js';
import { hashKeyOf, keyBytes } from '../encryption/key-schedule.js';
import type { RepositorySecrets } from '../encryption/repository-secrets.js';
import { unwrapDataKey, wrapDataKey } from '../encryption/wrapped-key.js';
import { corrupt } from '../errors.js';
import { createExclusively } from '../files/create-exclusively.js';
import { isDirectory } from '../files/directories.js';
import type { FileOperations } from '../files/file-operations.js';
import { readWholeFile } from '../files/whole-files.js';
import { encodeIdentity, type IdentityRecord, parseIdentity } from './identity-record.js';

export interface IdentityOptions {
  /** Makes `repository.json` where the root has none. */
  readonly create: boolean;
  /** The user's key; a repository that is made with one is encrypted. */
  readonly userKey: Uint8Array | undefined;
  /** From an earlier opening; of another repository it is not used. */
  readonly heldKey?: HeldKey | undefined;
  /** Of a repository that is made; undefined: `blake3-128` where it is encrypted, else `xxh3-128`. */
  readonly hash: HashKind | undefined;
}

export interface RepositoryIdentity {
  readonly id: string;
  readonly secrets: RepositorySecrets;
}

/** Reads `repository.json` and opens what of it is under the user's key. Of several creators at once one wins and all read what it wrote. */
export async function openIdentity(files: FileOperations, root: string, options: IdentityOptions, clock: Clock): Promise<RepositoryIdentity> {
  const path = join(root, 'repository.json');
  const record = (await readIdentity(files, path)) ?? (await createIdentity(files, root, path, options, clock));
  return { id: record.id, secrets: openSecrets(path, record, options) };
}

async function createIdentity(files: FileOperations, root: string, path: string, options: IdentityOptions, clock: Clock): Promise<IdentityRecord> {
  if (!options.create || (await isDirectory(files, join(root, 'jobs')))) throw repositoryMissing(root, path, options.create);
  const content = encodeSealedJson(encodeIdentity(newIdentity(options, clock)));
  await createExclusively(files, path, content, 'repository', 'repository-directory');
  const made = await readIdentity(files, path);
  if (made === undefined) throw repositoryMissing(root, path, options.create);
  return made;
}

function newIdentity({ userKey, hash }: IdentityOptions, clock: Clock): IdentityRecord {
  const id = randomBytes(16).toString('hex');
  const createdAt = clock.now().toISOString();
  if (userKey === undefined) return { id, hash: hash ?? 'xxh3-128', key: randomBytes(keyBytes), createdAt };
  return { id, hash: 'blake3-128', key: wrapDataKey(randomBytes(keyBytes), userKey, id), createdAt };
}

function openSecrets(path: string, { id, hash, key }: IdentityRecord, { userKey, heldKey }: IdentityOptions): RepositorySecrets {
  if (key instanceof Uint8Array) {
    if (userKey !== undefined || heldKey !== undefined) throw notEncrypted(path);
    return { hash: { kind: hash, key: new Uint8Array(key) }, cipher: undefined };
  }
  const held = heldKey?.repositoryId === id ? heldKey.dataKey : undefined;
  if (held === undefined && userKey === undefined) throw keyMissing(path);
  const dataKey = held ?? (userKey === undefined ? undefined : unwrapDataKey(key, userKey, id));
  if (dataKey === undefined) throw keyWrong(path);
  return { hash: { kind: hash, key: hashKeyOf(dataKey, id) }, cipher: { repositoryId: id, dataKey } };
}

export interface ReadIdentity extends IdentityRecord {
  /** All members that the file has, also those that this version does not know. */
  readonly fields: Fields;
}

/** Undefined where the root has none. */
export async function readIdentity(files: FileOperations, path: string): Promise<ReadIdentity | undefined> {
  const bytes = await readWholeFile(files, path, sealedJsonLimitBytes, (size) => corrupt('HF_REPOSITORY_CORRUPT', path, `it has ${size} bytes`));
  if (bytes === undefined) return undefined;
  try {
    const fields = decodeSealedJson(bytes);
    return { ...parseIdentity(path, fields), fields };
  } catch (error) {
    if (error instanceof MalformedBytes) throw corrupt('HF_REPOSITORY_CORRUPT', path, error.message, error);
    throw error;
  }
}

export function repositoryMissing(root: string, path: string, create: boolean): HoldfastError {
  return new HoldfastError('HF_REPOSITORY_MISSING', {
    message: create ? `${root} holds jobs but no repository.json` : `There is no repository at ${root}`,
    kind: 'not-found',
    context: { root },
    hint: create
      ? `Bring ${path} back from a copy; without its key the snapshots cannot be verified`
      : 'Check the path, or run a job with this storage: that makes the repository',
  });
}
