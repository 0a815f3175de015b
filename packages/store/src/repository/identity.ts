import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, HoldfastError, pageSizeBytes } from '@holdfast/core';
import { MalformedBytes } from '../codec/byte-reader.js';
import { numberField, textField } from '../codec/fields.js';
import { decodeSealedJson, encodeSealedJson, sealedJsonLimitBytes } from '../codec/sealed-json.js';
import { corrupt, newerFormat } from '../errors.js';
import { createExclusively } from '../files/create-exclusively.js';
import { isDirectory } from '../files/directories.js';
import type { FileOperations } from '../files/file-operations.js';
import { readWholeFile } from '../files/whole-files.js';
import { windowPages } from '../manifest/page-map.js';

export const formatVersion = 1;

export interface RepositoryIdentity {
  readonly id: string;
  readonly key: Buffer;
}

/** Reads `repository.json`; with `create`, makes it where the root has none. Of several creators at once one wins and all read what it wrote. */
export async function openIdentity(files: FileOperations, root: string, create: boolean, clock: Clock): Promise<RepositoryIdentity> {
  const path = join(root, 'repository.json');
  const found = await readIdentity(files, path);
  if (found !== undefined) return found;
  if (!create || (await isDirectory(files, join(root, 'jobs')))) throw missing(root, path, create);
  await createExclusively(files, path, encodeSealedJson(newIdentity(clock)), 'repository', 'repository-directory');
  const made = await readIdentity(files, path);
  if (made === undefined) throw missing(root, path, create);
  return made;
}

function newIdentity(clock: Clock): Readonly<Record<string, unknown>> {
  return {
    format: 'holdfast-repository',
    version: formatVersion,
    id: randomBytes(16).toString('hex'),
    features: [],
    pageSizeBytes,
    windowPages,
    digest: 'blake3',
    hash: 'xxh3-128',
    key: randomBytes(32).toString('hex'),
    createdAt: clock.now().toISOString(),
  };
}

async function readIdentity(files: FileOperations, path: string): Promise<RepositoryIdentity | undefined> {
  const bytes = await readWholeFile(files, path, sealedJsonLimitBytes, (size) => corrupt('HF_REPOSITORY_CORRUPT', path, `it has ${size} bytes`));
  if (bytes === undefined) return undefined;
  try {
    return parseIdentity(path, decodeSealedJson(bytes));
  } catch (error) {
    if (error instanceof MalformedBytes) throw corrupt('HF_REPOSITORY_CORRUPT', path, error.message, error);
    throw error;
  }
}

function parseIdentity(path: string, fields: Readonly<Record<string, unknown>>): RepositoryIdentity {
  if (fields['format'] !== 'holdfast-repository') throw new MalformedBytes('it is not the file of a Holdfast repository');
  const version = numberField(fields, 'version', 1);
  if (version !== formatVersion) throw newerFormat(path, `it has format version ${version}`);
  const features = fields['features'];
  if (!Array.isArray(features)) throw new MalformedBytes('its member features is not a list');
  if (features.length > 0) throw newerFormat(path, `it needs the feature ${JSON.stringify(features[0])}`);
  for (const [name, value] of Object.entries({ pageSizeBytes, windowPages, digest: 'blake3', hash: 'xxh3-128' })) {
    if (fields[name] !== value) throw newerFormat(path, `its ${name} is ${JSON.stringify(fields[name])}`);
  }
  const [id, key] = [textField(fields, 'id'), textField(fields, 'key')];
  if (!/^[0-9a-f]{32}$/.test(id) || !/^[0-9a-f]{64}$/.test(key)) throw new MalformedBytes('its id or key is not hexadecimal');
  return { id, key: Buffer.from(key, 'hex') };
}

function missing(root: string, path: string, create: boolean): HoldfastError {
  return new HoldfastError('HF_REPOSITORY_MISSING', {
    message: create ? `${root} holds jobs but no repository.json` : `There is no repository at ${root}`,
    kind: 'not-found',
    context: { root },
    hint: create
      ? `Bring ${path} back from a copy; without its key the snapshots cannot be verified`
      : 'Check the path, or run a job with this storage: that makes the repository',
  });
}
