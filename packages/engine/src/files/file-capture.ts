import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type CallOptions, type CheckpointWriter, HoldfastError, type Logger } from '@holdfast/core';
import { finishCapture } from './finish-capture.js';
import { captureFrozen, type FrozenCopies, rootStaging } from './frozen-capture.js';
import { compareFrozen } from './frozen-compare.js';
import { itemAt } from './item-at.js';
import { type PreCopied, preCopy } from './pre-copy.js';
import type { PreviousTrees } from './previous-trees.js';
import { readableTable, scanRoot } from './scan-root.js';
import type { OpenFile, TrackedRoot } from './tracked-root.js';

export interface FileCaptureOptions {
  /** In the same order at every snapshot of a job. */
  readonly roots: readonly TrackedRoot[];
  /** Of the snapshot that the writer builds on; undefined has everything stored anew. */
  readonly parent: PreviousTrees | undefined;
  /** For tree tables and copies; made, and removed by the caller after `finish`. Clones need it on the file system of the roots. */
  readonly stagingDir: string;
  /** Path of `holdfast-tree`. */
  readonly treeTool: string;
  /** Absolute paths on this machine that are never tracked, such as Holdfast's own storage. */
  readonly exclude?: readonly string[] | undefined;
  readonly logger: Logger;
}

export interface PreCopyCall extends CallOptions {
  /**
   * Every file that was open for writing or mapped shared and writable just before: such a file is left to the freeze, whoever has it open then. A
   * store through a mapping that is gone by then would be seen by nobody. Default: none.
   */
  readonly openFiles?: readonly OpenFile[] | undefined;
}

export interface FrozenFiles {
  /** Files copied while the job stood still. */
  readonly copiedFiles: number;
}

/** One capture of all roots; its three steps are called once each, in this order. */
export interface FileCapture {
  /** The job runs: stores what changed since the parent. */
  preCopy(writer: CheckpointWriter, options?: PreCopyCall): Promise<void>;
  /** The job stands still: lists the roots again and copies what the pre-copy does not have. `openFiles`: every file open for writing or mapped shared and writable. */
  frozen(openFiles: readonly OpenFile[], options?: CallOptions): Promise<FrozenFiles>;
  /** The job runs again: stores the copies and the tree tables. Gives what the next capture builds on once the snapshot is committed. */
  finish(writer: CheckpointWriter, options?: CallOptions): Promise<PreviousTrees>;
}

interface Frozen {
  /** Those of the freeze and those that were open before the pre-copy. */
  readonly openFiles: readonly OpenFile[];
  readonly copies: readonly FrozenCopies[];
}

export function createFileCapture(options: FileCaptureOptions): FileCapture {
  const { roots, parent, stagingDir, treeTool, exclude = [], logger } = options;
  let before: readonly PreCopied[] | undefined;
  let openBefore: readonly OpenFile[] = [];
  let frozen: Frozen | undefined;

  return {
    async preCopy(writer, { signal, openFiles = [] } = {}) {
      await mkdir(stagingDir, { recursive: true, mode: 0o700 });
      const tables = await Promise.all(
        roots.map((root) => scanRoot(root, { treeTool, exclude, signal, output: rootStaging(stagingDir, root).before })),
      );
      const copied = await preCopy({ roots, tables, parent, openFiles, writer, signal });
      for (const { root, stored } of copied) {
        const staging = rootStaging(stagingDir, root);
        await writeFile(staging.stored, stored);
        await mkdir(staging.copies, { mode: 0o700 });
      }
      before = copied;
      openBefore = openFiles;
    },

    async frozen(openNow, { signal } = {}) {
      if (before === undefined) throw outOfOrder('frozen', 'preCopy');
      const openFiles = [...openBefore, ...openNow];
      const copies = await Promise.all(
        roots.map((root) => captureFrozen(root, rootStaging(stagingDir, root), openFiles, { treeTool, exclude, signal })),
      );
      frozen = { openFiles, copies };
      return { copiedFiles: copies.reduce((sum, { staged }) => sum + staged.size, 0) };
    },

    async finish(writer, { signal } = {}) {
      if (before === undefined || frozen === undefined) throw outOfOrder('finish', 'frozen');
      const { openFiles, copies } = frozen;
      const tables = await Promise.all(
        roots.map(async (root) => readableTable(root, await readFile(rootStaging(stagingDir, root).frozen, { signal }))),
      );
      const trees = compareFrozen(before, tables, openFiles).map((tree, root) => ({ ...tree, copies: itemAt(copies, root) }));
      return finishCapture({ trees, writer, logger, signal });
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
