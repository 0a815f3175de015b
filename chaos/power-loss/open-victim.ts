import type { CheckpointStore } from '@holdfast/core';
import { createFileOperations, type FileOperations, openRepositoryWith, type SyncPoint } from '@holdfast/store/internal';

export interface VictimOptions {
  readonly create: boolean;
  /** Leaves out every sync of this kind. */
  readonly omitFsync?: SyncPoint | undefined;
  /** Wraps the operations on files, so that they can be recorded. */
  readonly wrap?: (files: FileOperations) => FileOperations;
}

/** Small enough that one snapshot of the victim makes several packs. */
const packTargetBytes = 64 * 1024;

/** Opens the repository under test, as the engine does but for the operations on files. */
export function openVictim(root: string, { create, omitFsync, wrap = (files) => files }: VictimOptions): Promise<CheckpointStore> {
  return openRepositoryWith({ root, create }, { files: wrap(createFileOperations({ omitFsync })), packTargetBytes });
}
