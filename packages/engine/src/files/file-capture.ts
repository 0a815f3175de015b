import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CallOptions, type CheckpointWriter, HoldfastError, type Logger } from '@holdfast/core';
import { finishCapture } from './finish-capture.js';
import { copyFrozen, type FrozenCopy } from './frozen-copy.js';
import { compareFrozen, type FrozenTree } from './frozen-pass.js';
import { type PreCopied, preCopy } from './pre-copy.js';
import type { PreviousTrees } from './previous-trees.js';
import { scanRoot } from './scan-root.js';
import type { OpenFile, TrackedRoot } from './tracked-root.js';
import type { TreeTable } from './tree-table.js';

export interface FileCaptureOptions {
  /** In the same order at every snapshot of a job. */
  readonly roots: readonly TrackedRoot[];
  /** Of the snapshot that the writer builds on; undefined has everything stored anew. */
  readonly parent: PreviousTrees | undefined;
  /** For tree tables and copies; made, and emptied by the caller after `finish`. Clones need it on the file system of the roots. */
  readonly stagingDir: string;
  /** Path of `holdfast-tree`. */
  readonly treeTool: string;
  /** Absolute paths on this machine that are never tracked, such as Holdfast's own storage. */
  readonly exclude?: readonly string[];
  readonly logger: Logger;
}

export interface FrozenFiles {
  /** Files copied while the job stood still, and their bytes. */
  readonly copiedFiles: number;
  readonly copiedBytes: number;
  /** Entries of all roots. */
  readonly entries: number;
}

/** One capture of all roots; its three steps are called once each, in this order. */
export interface FileCapture {
  /** The job runs: stores what changed since the parent. */
  preCopy(writer: CheckpointWriter, options?: CallOptions): Promise<void>;
  /** The job stands still: lists the roots again and copies what the pre-copy does not have. `openFiles`: every file open for writing or mapped shared and writable. */
  frozen(openFiles: readonly OpenFile[], options?: CallOptions): Promise<FrozenFiles>;
  /** The job runs again: stores the copies and the tree tables. Gives what the next capture builds on once the snapshot is committed. */
  finish(writer: CheckpointWriter, options?: CallOptions): Promise<PreviousTrees>;
}

export function createFileCapture(options: FileCaptureOptions): FileCapture {
  const { roots, parent, stagingDir, treeTool, exclude = [], logger } = options;
  let before: readonly PreCopied[] | undefined;
  let trees: readonly FrozenTree[] | undefined;
  let copies: readonly FrozenCopy[] = [];

  const scanAll = (phase: string, signal: AbortSignal | undefined): Promise<readonly TreeTable[]> =>
    Promise.all(roots.map((root) => scanRoot(root, { treeTool, exclude, signal, output: join(stagingDir, `${phase}-${root.id}.tree`) })));

  return {
    async preCopy(writer, { signal } = {}) {
      await mkdir(stagingDir, { recursive: true, mode: 0o700 });
      const tables = await scanAll('before', signal);
      before = await preCopy({ roots, tables, parent, writer, signal });
    },

    async frozen(openFiles, { signal } = {}) {
      if (before === undefined) throw outOfOrder('frozen', 'preCopy');
      const tables = await scanAll('frozen', signal);
      trees = compareFrozen(before, tables, openFiles);
      copies = await Promise.all(
        trees.map(({ root, table, toCopy }) => copyFrozen({ root, table, indexes: toCopy, folder: join(stagingDir, root.id), treeTool, signal })),
      );
      const copied = trees.flatMap(({ table, toCopy }) => toCopy.map((index) => table.sizeBytes(index)));
      return {
        copiedFiles: copied.length,
        copiedBytes: copied.reduce((sum, bytes) => sum + bytes, 0),
        entries: tables.reduce((sum, { count }) => sum + count, 0),
      };
    },

    async finish(writer, { signal } = {}) {
      if (trees === undefined) throw outOfOrder('finish', 'frozen');
      return finishCapture({ trees, copies, writer, logger, signal });
    },
  };
}

function outOfOrder(step: string, earlier: string): HoldfastError {
  return new HoldfastError('HF_USAGE', {
    message: `the file capture's ${step} was called before its ${earlier}`,
    kind: 'invalid-argument',
    operation: `files.${step}`,
  });
}
