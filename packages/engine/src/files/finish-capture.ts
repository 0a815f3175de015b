import { type CheckpointWriter, HoldfastError, type Logger, pageSizeBytes } from '@holdfast/core';
import { eachBounded } from './each-bounded.js';
import type { FrozenCopy } from './frozen-copy.js';
import type { FrozenTree } from './frozen-pass.js';
import { fileKey, fileObject, shownPath, treeKey } from './object-key.js';
import { writerConcurrency } from './pre-copy.js';
import { describeFiles, type PreviousTree, type PreviousTrees } from './previous-trees.js';
import { removeEntries } from './remove-entries.js';

export interface FinishOptions {
  readonly trees: readonly FrozenTree[];
  /** Of the same order as `trees`. */
  readonly copies: readonly FrozenCopy[];
  readonly writer: CheckpointWriter;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/** Stores the copies made during the freeze and the tree tables, and drops what is not content of this snapshot. */
export async function finishCapture({ trees, copies, writer, logger, signal }: FinishOptions): Promise<PreviousTrees> {
  const previous = new Map<string, PreviousTree>();
  for (const [number, tree] of trees.entries()) {
    const { root, table, trusted } = tree;
    const { staged, vanished } = copies[number] ?? { staged: [], vanished: [] };
    for (const path of tree.toDrop) await writer.drop(fileKey(root.id, path));
    for (const index of vanished) {
      const path = shownPath(root.hostPath, table.path(index));
      // Its other names would be left without their content.
      if (table.nlink(index) > 1) throw linkVanished(path);
      logger.warn({ path }, 'a tracked file was removed by something outside the job during the snapshot');
      await writer.drop(fileKey(root.id, table.path(index)));
    }
    await eachBounded(staged, { concurrency: writerConcurrency, signal }, async ({ index, path }) => {
      await writer.put(fileObject(fileKey(root.id, table.path(index)), table.entry(index), Buffer.from(path)), { signal });
    });
    const kept = removeEntries({ table, trusted }, vanished, root.id);
    const { bytes } = kept.table;
    const pageCount = Math.ceil(bytes.length / pageSizeBytes);
    const extents = [{ firstPage: 0, pageCount, sourceOffset: 0 }];
    await writer.put({ key: treeKey(root.id), kind: 'image', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents }, { signal });
    previous.set(root.id, kept);
  }
  return { metadata: describeFiles(previous), trees: previous };
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
