import { lstat } from 'node:fs/promises';
import { type CheckpointWriter, isHoldfastError } from '@holdfast/core';
import { contentOwners } from './content-owners.js';
import { eachBounded } from './each-bounded.js';
import { itemAt } from './item-at.js';
import { fileKey, fileObject, hostPathOf } from './object-key.js';
import { pairPaths } from './pair-paths.js';
import type { PreviousTrees } from './previous-trees.js';
import type { OpenFile, TrackedRoot } from './tracked-root.js';
import type { TreeTable } from './tree-table.js';
import { isSettled } from './trust.js';

/** Calls to the writer in flight. */
export const writerConcurrency = 16;

/** What of a file is in the snapshot before the freeze. */
export const stored = { no: 0, uncertain: 1, sure: 2 } as const;

export interface PreCopied {
  readonly root: TrackedRoot;
  readonly table: TreeTable;
  /** One of `stored` for each entry. */
  readonly stored: Uint8Array;
}

export interface PreCopyOptions {
  readonly roots: readonly TrackedRoot[];
  readonly tables: readonly TreeTable[];
  readonly parent: PreviousTrees | undefined;
  /** Left for the freeze. */
  readonly openFiles: readonly OpenFile[];
  readonly writer: CheckpointWriter;
  readonly signal?: AbortSignal | undefined;
}

interface Task {
  readonly copied: PreCopied;
  readonly index: number;
  readonly unchanged: boolean;
}

/**
 * Takes over what did not change since the parent and stores what did, straight from the live files. Files that changed within the last 2 s, or that a
 * process may write to, are left for the freeze. What changes while it is read is found by the freeze: its status is not the one that was listed
 * before the reading.
 */
export async function preCopy({ roots, tables, parent, openFiles, writer, signal }: PreCopyOptions): Promise<readonly PreCopied[]> {
  const owners = contentOwners(tables);
  const writable = new Set(openFiles.map(({ ino }) => Number(ino)));
  const tasks: Task[] = [];
  const all = roots.map((root, number): PreCopied => {
    const table = itemAt(tables, number);
    const copied = { root, table, stored: new Uint8Array(table.count) };
    const previous = parent?.trees.get(root.id);
    pairPaths(table, previous?.table, (index, before) => {
      if (owners[number]?.[index] !== 1 || !isSettled(table, index, table.startedMs)) return;
      if (writable.has(table.inodeNumber(index))) return;
      const unchanged = before >= 0 && previous?.trusted[before] === 1 && table.sameStatus(index, previous.table, before);
      tasks.push({ copied, index, unchanged });
    });
    return copied;
  });
  await eachBounded(tasks, { concurrency: writerConcurrency, signal }, (task) => storeLive(task, writer, signal));
  return all;
}

async function storeLive({ copied, index, unchanged }: Task, writer: CheckpointWriter, signal: AbortSignal | undefined): Promise<void> {
  const { root, table } = copied;
  const key = fileKey(root.id, table.path(index));
  if (unchanged && (await keep(writer, key, signal))) {
    copied.stored[index] = stored.sure;
    return;
  }
  // What a failed put leaves behind is not known; the freeze replaces or drops it.
  copied.stored[index] = stored.uncertain;
  const path = hostPathOf(root.hostPath, table.path(index));
  try {
    await writer.put(fileObject(key, table.entry(index), path), { signal });
    copied.stored[index] = stored.sure;
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'HF_FILE_CHANGED') return;
    signal?.throwIfAborted();
    // A folder or device in its place makes errors of its own.
    const status = await lstat(path, { bigint: true }).catch(() => undefined);
    if (status !== undefined && Number(status.ino) === table.inodeNumber(index)) throw error;
  }
}

async function keep(writer: CheckpointWriter, key: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await writer.keep(key, { signal });
    return true;
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'not-found') return false;
    throw error;
  }
}
