import { type CheckpointRef, silentLogger, systemClock } from '@holdfast/core';
import { createFileOperations } from '@holdfast/store/internal';
import { createKeyedHash } from '../src/codec/create-keyed-hash.js';
import { RepositoryCipher } from '../src/encryption/repository-cipher.js';
import type { RepositorySecrets } from '../src/encryption/repository-secrets.js';
import { readManifest } from '../src/manifest/read-manifest.js';
import { RepositoryReader } from '../src/read/checkpoint-reader.js';
import { openIdentity } from '../src/repository/identity.js';
import { jobPaths, type StoreContext } from '../src/repository/store-context.js';
import { InlineWorkers } from '../src/workers/inline-workers.js';

export async function secretsOf(root: string, userKey?: Uint8Array): Promise<RepositorySecrets> {
  return (await openIdentity(createFileOperations(), root, { create: false, userKey, hash: undefined }, systemClock)).secrets;
}

/** What the parts of the store work with, for a repository that is there, with other parts in place of its own. */
export async function storeContext(root: string, parts: Partial<StoreContext> = {}, userKey?: Uint8Array): Promise<StoreContext> {
  const { id, secrets } = await openIdentity(createFileOperations(), root, { create: false, userKey, hash: undefined }, systemClock);
  return {
    files: createFileOperations(),
    root,
    repositoryId: id,
    hash: createKeyedHash(secrets.hash.kind, secrets.hash.key),
    cipher: secrets.cipher === undefined ? undefined : new RepositoryCipher(secrets.cipher),
    logger: silentLogger,
    clock: systemClock,
    compress: true,
    packTargetBytes: 1,
    workers: new InlineWorkers(secrets),
    ...parts,
  };
}

/** A reader of a snapshot with these parts, whose manifest was read by the usual ones. */
export async function readerWith(
  root: string,
  ref: CheckpointRef,
  parts: Partial<StoreContext> = {},
  userKey?: Uint8Array,
): Promise<RepositoryReader> {
  const manifest = await readManifest(await storeContext(root, {}, userKey), jobPaths(root, ref.job), ref);
  return new RepositoryReader(await storeContext(root, parts, userKey), manifest, true);
}
