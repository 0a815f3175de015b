import type { CheckpointStore, Clock, Logger, StorageGuarantees } from '@holdfast/core';
import { silentLogger, systemClock } from '@holdfast/core/basics';
import { createKeyedHash } from './codec/create-keyed-hash.js';
import type { HashKind } from './codec/keyed-hash.js';
import type { HeldKey } from './encryption/held-key.js';
import { RepositoryCipher } from './encryption/repository-cipher.js';
import { assertUserKey } from './encryption/user-key.js';
import { usage } from './errors.js';
import { createFileOperations } from './files/create-file-operations.js';
import { explainedOperations } from './files/explained-operations.js';
import type { FileOperations } from './files/file-operations.js';
import { resolveRoot } from './files/resolve-root.js';
import { openIdentity } from './repository/identity.js';
import { RepositoryStore } from './repository/repository-store.js';
import type { StoreContext } from './repository/store-context.js';
import { ThreadPool } from './workers/thread-pool.js';

export interface RepositoryOptions {
  /** Absolute path of the directory that holds the repository; it must exist. */
  readonly root: string;
  /** What the storage promises (AttachedStorage.guarantees); where it compresses by itself the store does not. */
  readonly guarantees?: Pick<StorageGuarantees, 'compresses'> & Partial<Pick<StorageGuarantees, 'preferredWriteSizeBytes'>>;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Makes a repository where the root has none; false by default. */
  readonly create?: boolean;
  /** The user's key, 32 bytes (`parseUserKey`). A repository that is made with one is encrypted, and is opened with it only. */
  readonly encryptionKey?: Uint8Array;
  /** What `openHeldRepository` gave for this repository: it opens it also after `changeUserKey`. Of another repository it is not used. */
  readonly heldKey?: HeldKey;
  /**
   * How changed pages are told from unchanged ones in a repository that is made and not encrypted: `xxh3-128` by default; `blake3-128` where those
   * who share it do not trust each other. An encrypted one has `blake3-128`.
   */
  readonly hash?: HashKind;
}

export interface RepositoryInternals {
  /** In place of the real file system. */
  readonly files?: FileOperations;
  /** A pack that has reached this size is finished; 64 MiB by default. */
  readonly packTargetBytes?: number;
  /** How long a reader's pin holds where it is not renewed; 10 minutes by default. */
  readonly pinLifetimeMs?: number;
}

interface OpenedContext {
  readonly context: StoreContext;
  readonly heldKey: HeldKey | undefined;
}

const defaultPackBytes = 64 * 1024 * 1024;
const writesPerPack = 16;

/**
 * Opens the checkpoint repository at `root`.
 *
 * - Rejects with HF_REPOSITORY_MISSING where there is none and `create` is not set, or where its `repository.json` is gone but jobs are there.
 * - Rejects with HF_REPOSITORY_CORRUPT or HF_FORMAT_NEWER for a `repository.json` that is damaged or newer.
 * - Rejects with HF_KEY_MISSING, HF_KEY_WRONG or HF_KEY_UNUSED where the repository and the key do not belong together, with HF_KEY_INVALID for what is no key.
 * - Of several processes that create it at once, one does and all get the same repository.
 */
export function openRepository(options: RepositoryOptions): Promise<CheckpointStore> {
  return openRepositoryWith(options, {});
}

export interface HeldRepository {
  readonly store: CheckpointStore;
  /** Undefined where the repository is not encrypted. */
  readonly heldKey: HeldKey | undefined;
}

/** Opens it as `openRepository` does, for somebody who will open it again for as long as he runs: the user's key may be another one by then. */
export async function openHeldRepository(options: RepositoryOptions): Promise<HeldRepository> {
  const { context, heldKey } = await openContext(options, {});
  return { store: new RepositoryStore(context), heldKey };
}

/** For tests and the siblings of this package: with other file operations or pack sizes. */
export async function openRepositoryWith(options: RepositoryOptions, internals: RepositoryInternals): Promise<CheckpointStore> {
  return new RepositoryStore((await openContext(options, internals)).context);
}

async function openContext(options: RepositoryOptions, internals: RepositoryInternals): Promise<OpenedContext> {
  const { guarantees, logger = silentLogger, clock = systemClock, create = false, encryptionKey: userKey, heldKey, hash } = options;
  assertKeys(options);
  const files = explainedOperations(internals.files ?? createFileOperations());
  const root = await resolveRoot(options.root);
  const { id, secrets } = await openIdentity(files, root, { create, userKey, heldKey, hash }, clock);
  const context: StoreContext = {
    files,
    root,
    repositoryId: id,
    hash: createKeyedHash(secrets.hash.kind, secrets.hash.key),
    cipher: secrets.cipher === undefined ? undefined : new RepositoryCipher(secrets.cipher),
    logger,
    clock,
    compress: guarantees?.compresses !== true,
    pinLifetimeMs: internals.pinLifetimeMs,
    packTargetBytes: internals.packTargetBytes ?? packBytes(guarantees?.preferredWriteSizeBytes),
    workers: new ThreadPool(secrets),
  };
  return { context, heldKey: secrets.cipher };
}

function assertKeys({ encryptionKey, hash }: RepositoryOptions): void {
  if (encryptionKey === undefined) return;
  assertUserKey(encryptionKey);
  if (hash === 'xxh3-128') throw usage('An encrypted repository cannot have the hash xxh3-128', 'Leave the hash out: it has blake3-128');
}

/** Sixteen of the writes that the storage takes best, and never so few bytes that a snapshot is scattered over many packs. */
function packBytes(preferredWriteSizeBytes: number | undefined): number {
  return preferredWriteSizeBytes === undefined ? defaultPackBytes : Math.max(defaultPackBytes, preferredWriteSizeBytes * writesPerPack);
}
