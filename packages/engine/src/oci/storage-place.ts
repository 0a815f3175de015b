import { HoldfastError } from '@holdfast/core';
import type { CheckpointContract } from './contract-variables.js';

/** What of its environment names a container's storage. */
export type StorageNames = Pick<CheckpointContract, 'imagePath' | 'subpath'>;

/** A storage that the agent has attached. */
export interface AttachedRoot {
  readonly root: string;
  /** Other paths that containers may call it by. */
  readonly aliases: readonly string[];
}

/** Where a container's snapshots go. */
export interface StoragePlace {
  readonly root: string;
  readonly subpath: string | undefined;
}

/** What a repository keeps at its top: a repository inside it would lie among the files of a job. */
const repositoryNames = ['jobs', 'removed', 'repository.json', '.holdfast'];

/**
 * The attached storage that a container names, the first where it names none. Throws HF_CONTAINER_SETTING for a path that no storage is attached
 * to: a container's environment does not lead the agent elsewhere. Pure.
 */
export function storagePlace({ imagePath, subpath }: StorageNames, attached: readonly AttachedRoot[]): StoragePlace {
  const found = attached.find(({ root, aliases }) => imagePath === undefined || root === imagePath || aliases.includes(imagePath));
  if (found === undefined) {
    const paths = attached.flatMap(({ root, aliases }) => [root, ...aliases]);
    throw refused(
      `MMC_CHECKPOINT_IMAGE_PATH=${JSON.stringify(imagePath)} is no storage of this node's agent`,
      paths.length === 0 ? 'the agent has no storage attached' : `write one of ${paths.join(', ')}, or leave it out`,
    );
  }
  // Below a repository of another SUBPATH no less than below the storage's own.
  if (subpath?.split('/').some((part) => repositoryNames.includes(part) || part.startsWith('tmp.')) === true)
    throw refused(`MMC_CHECKPOINT_IMAGE_SUBPATH=${JSON.stringify(subpath)} would lie among a repository's own files`, 'name another folder');
  return { root: found.root, subpath };
}

function refused(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_CONTAINER_SETTING', { message, kind: 'invalid-argument', operation: 'container.contract', hint });
}
