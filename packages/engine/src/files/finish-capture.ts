import { type CheckpointWriter, HoldfastError, type Logger, pageSizeBytes } from '@holdfast/core';
import { eachBounded } from './each-bounded.js';
import type { FrozenCopies } from './frozen-capture.js';
import type { FrozenTree } from './frozen-compare.js';
import { fileKey, fileObject, shownPath, treeKey } from './object-key.js';
import { writerConcurrency } from './pre-copy.js';
import { describeFiles, type PreviousTree, type PreviousTrees } from './previous-trees.js';
import { removeEntries } from './remove-entries.js';

export interface FinishOptions {
  readonly trees: readonly (FrozenTree & { readonly copies: FrozenCopies })[];
  readonly writer: CheckpointWriter;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/** Stores the copies made during the freeze and the tree tables, and drops what is not content of this snapshot. */
export async function finishCapture({ trees, writer, logger, signal }: FinishOptions): Promise<PreviousTrees> {
  const previous = new Map<string, PreviousTree>();
  for (const { root, table, trusted, toCopy, toDrop, copies } of trees) {
    for (const path of toDrop) await writer.drop(fileKey(root.id, path));
    for (const index of copies.vanished) {
      const path = shownPath(root.hostPath, table.path(index));
      // Its other names would be left without their content.
      if (table.nlink(index) > 1) throw linkVanished(path);
      logger.warn({ path }, 'a tracked file was removed by something outside the job during the snapshot');
      await writer.drop(fileKey(root.id, table.path(index)));
    }
    const gone = new Set(copies.vanished);
    const present = toCopy.filter((index) => !gone.has(index));
    await eachBounded(present, { concurrency: writerConcurrency, signal }, async (index) => {
      const copy = copies.staged.get(index);
      if (copy === undefined) throw notCopied(shownPath(root.hostPath, table.path(index)));
      await writer.put(fileObject(fileKey(root.id, table.path(index)), table.entry(index), Buffer.from(copy)), { signal });
    });
    const kept = removeEntries({ table, trusted }, copies.vanished, root.id);
    const { bytes } = kept.table;
    const extents = [{ firstPage: 0, pageCount: Math.ceil(bytes.length / pageSizeBytes), sourceOffset: 0 }];
    await writer.put({ key: treeKey(root.id), kind: 'image', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents }, { signal });
    previous.set(root.id, kept);
  }
  return { metadata: describeFiles(previous), trees: previous };
}

function notCopied(path: string): HoldfastError {
  return new HoldfastError('HF_UNEXPECTED', {
    message: `the freeze did not copy ${path} although it changed`,
    kind: 'unexpected',
    operation: 'files.finish',
  });
}

function linkVanished(path: string): HoldfastError {
  return new HoldfastError('HF_SNAPSHOT_DISCARDED', {
    message: `${path} was removed by something outside the job while the job stood still`,
    kind: 'conflict',
    retry: 'yes',
    operation: 'files.finish',
    hint: 'the next snapshot tries again; keep other programs from changing the job’s files',
  });
}
