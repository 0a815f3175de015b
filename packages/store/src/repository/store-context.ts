import { join } from 'node:path';
import type { Clock, Logger } from '@holdfast/core';
import type { KeyedHash } from '../codec/keyed-hash.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import { isDirectory } from '../files/directories.js';
import type { FileOperations } from '../files/file-operations.js';
import type { BlockWorkers } from '../workers/block-workers.js';

/** What every part of the store works with. */
export interface StoreContext {
  readonly files: FileOperations;
  readonly root: string;
  readonly repositoryId: string;
  readonly hash: KeyedHash;
  /** Undefined where the repository is not encrypted. */
  readonly cipher?: RepositoryCipher | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  /** False where the storage compresses by itself. */
  readonly compress: boolean;
  readonly packTargetBytes: number;
  /** How long a reader's pin holds where it is not renewed; 10 minutes by default. */
  readonly pinLifetimeMs?: number | undefined;
  readonly workers: BlockWorkers;
}

export interface JobPaths {
  readonly job: string;
  readonly directory: string;
  readonly epochs: string;
  readonly manifests: string;
  readonly packs: string;
  readonly pins: string;
  /** Outside the job's directory: what is left of jobs of this name that were removed. */
  readonly tombstones: string;
}

export function jobPaths(root: string, job: string): JobPaths {
  const directory = join(root, 'jobs', job);
  return {
    job,
    directory,
    epochs: join(directory, 'epochs'),
    manifests: join(directory, 'manifests'),
    packs: join(directory, 'packs'),
    pins: join(directory, 'pins'),
    tombstones: join(root, 'removed', job),
  };
}

/** Refuses a link, or anything else, in place of a directory of the job; absence is fine. */
export async function refuseLinks({ files, root }: Pick<StoreContext, 'files' | 'root'>, paths: JobPaths): Promise<void> {
  for (const path of [join(root, 'jobs'), paths.directory, paths.epochs, paths.manifests, paths.packs]) {
    if (!(await isDirectory(files, path)) && !path.startsWith(`${paths.directory}/`)) return;
  }
}
