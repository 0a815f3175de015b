import { lstat } from 'node:fs/promises';
import { type CheckpointReader, HoldfastError, type Logger, silentLogger } from '@holdfast/core';
import { applyActions } from './apply-actions.js';
import { heldFilesOf } from './held-files.js';
import { itemAt } from './item-at.js';
import { treeKey } from './object-key.js';
import type { PreviousTrees } from './previous-trees.js';
import { prepareActions, restoreActions, restoreFolders } from './restore-actions.js';
import { checkRestored } from './restore-check.js';
import { compareForRestore, entriesOf } from './restore-compare.js';
import { contentKeys, findMatching, rebuildContents } from './restore-content.js';
import { freeName, leavingsOf } from './restore-leavings.js';
import { planRestore } from './restore-plan.js';
import { type MovedFiles, reportMoves } from './restore-report.js';
import { restoredTrees } from './restored-trees.js';
import { scanRoot } from './scan-root.js';
import type { TrackedRoot } from './tracked-root.js';
import type { TreeEntry } from './tree-entry.js';
import type { TreeTable } from './tree-table.js';
import { parseWantedTree, type WantedTree } from './wanted-tree.js';

export interface RestoreFilesOptions {
  readonly reader: CheckpointReader;
  /** Those of the snapshot, where they lie on this machine now; each an existing directory. */
  readonly roots: readonly TrackedRoot[];
  /** Absolute paths that are left alone, as at the capture. */
  readonly exclude?: readonly string[] | undefined;
  /** Path of `holdfast-tree`. */
  readonly treeTool: string;
  /** Name of the folder, in `.holdfast` at a root's top, for what is in the way: one plain path component. Where it exists the new one gets a number behind it. */
  readonly savedName: string;
  /** Files that the job had open, as it sees them; bytes as latin1. Those of them that are still there keep their inode numbers. */
  readonly heldPaths?: readonly string[] | undefined;
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((bytes: number, totalBytes: number) => void) | undefined;
}

export interface RestoredFiles extends MovedFiles {
  /** Files rebuilt from the snapshot, and their bytes. */
  readonly restoredFiles: number;
  readonly bytes: number;
  /** Files that had their content already. */
  readonly keptFiles: number;
  /** What this machine cannot keep, such as an attribute that its file system does not know. */
  readonly notes: readonly string[];
  /** For a capture whose parent is the restored snapshot. */
  readonly trees: PreviousTrees;
}

/**
 * Puts the roots back as the snapshot has them. What differs or is not in the snapshot is moved to `.holdfast/<savedName>` of its root, or
 * copied there where the file keeps its inode number; nothing of the user's is removed. What has its content already stays. Killed at any moment, the same call does the rest; a call with another snapshot
 * puts that in place.
 *
 * - Rejects before anything is changed: HF_MANIFEST_CORRUPT for a damaged tree table, HF_RESTORE_REFUSED for a mount or file in the way.
 * - Rejects with HF_RESTORE_FAILED where the result is not the snapshot's, and with the reader's errors.
 */
export async function restoreFiles(options: RestoreFilesOptions): Promise<RestoredFiles> {
  const { reader, roots, signal, savedName, onProgress, logger = silentLogger } = options;
  assertPlainName(savedName);
  const trees = await readWanted(options);
  const wanted = trees.map(({ entries }) => entries);
  const keys = contentKeys(options, wanted);
  const leavings = await leavingsOf(roots);
  const folders = restoreFolders(freeName(savedName, leavings.names));
  const before = await scanAll(options);
  const devices = await Promise.all(roots.map(async ({ hostPath }) => (await lstat(hostPath, { bigint: true })).dev));
  const comparison = compareForRestore(wanted, before.map(entriesOf), devices);
  const barriers = before.map((table, root) => ({ recorded: itemAt(trees, root).table.barriers, present: table.barriers }));
  const planOptions = { barriers, held: heldFilesOf(options.heldPaths ?? [], roots) };
  // Once before the content is read: a mount in the way is told at once.
  planRestore(comparison, new Set(), planOptions);
  const matching = await findMatching(options, comparison, keys);
  const plan = planRestore(comparison, matching, planOptions);
  await applyActions(roots, leavings.actions, options);
  await applyActions(roots, prepareActions(plan, folders), options);
  const bytes = await rebuildContents(options, plan, keys, folders, onProgress);
  const actions = restoreActions(
    plan,
    roots,
    wanted,
    trees.map(({ table }) => table.barriers),
    folders,
  );
  const { moves, notes } = await applyActions(roots, actions, options);
  const after = await scanAll(options);
  for (const [root, entries] of wanted.entries()) {
    const noted = new Set(notes.filter((note) => note.root === root).map(({ path }) => path));
    checkRestored(itemAt(roots, root), entries, itemAt(after, root), noted);
  }
  for (const { path, note } of notes) logger.warn({ path, note }, 'a file came back without something that this machine cannot keep');
  signal?.throwIfAborted();
  return {
    ...reportMoves(moves, roots, folders),
    restoredFiles: plan.contents.length,
    bytes,
    keptFiles: plan.keptFiles,
    notes: notes.map(({ path, note }) => `${path}: ${note}`),
    trees: restoredTrees(roots, before, after, (root, path) => isMatching(wanted[root]?.get(path))),
  };

  function isMatching(entry: TreeEntry | undefined): boolean {
    return entry !== undefined && matching.has(entry);
  }

  function scanAll({ treeTool, exclude = [] }: RestoreFilesOptions): Promise<readonly TreeTable[]> {
    return Promise.all(roots.map((root) => scanRoot(root, { treeTool, exclude, signal })));
  }

  function readWanted({ signal }: RestoreFilesOptions): Promise<readonly WantedTree[]> {
    return Promise.all(roots.map(async ({ id }) => parseWantedTree(await reader.read(treeKey(id), { signal }), id)));
  }
}

function assertPlainName(name: string): void {
  if (name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name) && !/^(incoming|discarded)-/.test(name)) return;
  throw new HoldfastError('HF_USAGE', {
    message: `${JSON.stringify(name)} cannot name a folder of saved files`,
    kind: 'invalid-argument',
    operation: 'files.restore',
    hint: 'one plain path component that does not begin with incoming- or discarded-',
  });
}
