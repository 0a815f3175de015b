import { type CheckpointReader, HoldfastError } from '@holdfast/core';
import { eachBounded } from './each-bounded.js';
import { inodeOf } from './link-groups.js';
import { fileKey, hostPathOf } from './object-key.js';
import type { RestoreFolders } from './restore-actions.js';
import type { Comparison, Entries } from './restore-compare.js';
import type { RestorePlan } from './restore-plan.js';
import type { TrackedRoot } from './tracked-root.js';
import type { TreeEntry } from './tree-entry.js';

/** Calls to the reader in flight. */
const readerConcurrency = 8;

export type ContentKeys = ReadonlyMap<TreeEntry, string>;

export interface ContentOptions {
  readonly reader: CheckpointReader;
  readonly roots: readonly TrackedRoot[];
  readonly signal?: AbortSignal | undefined;
}

export interface ObjectsOfRoots {
  readonly reader: Pick<CheckpointReader, 'objects'>;
  readonly roots: readonly Pick<TrackedRoot, 'id'>[];
}

/** The object of each regular file: its own, or that of the hard link under which the content was stored. Rejects with HF_MANIFEST_CORRUPT where one has none. */
export function contentKeys({ reader, roots }: ObjectsOfRoots, wanted: readonly Entries[]): ContentKeys {
  const sizes = new Map(reader.objects.filter(({ kind }) => kind === 'file').map(({ key, sizeBytes }) => [key, sizeBytes]));
  const byInode = new Map<string, string>();
  const keys = new Map<TreeEntry, string>();
  const files = wanted.flatMap((entries, root) => [...entries.values()].filter(({ type }) => type === 'f').map((entry) => ({ root, entry })));
  for (const { root, entry } of files) {
    const key = fileKey(roots[root]?.id ?? '', entry.path);
    if (sizes.get(key) !== entry.sizeBytes) continue;
    keys.set(entry, key);
    if (entry.nlink > 1 && !byInode.has(inodeOf(entry))) byInode.set(inodeOf(entry), key);
  }
  for (const { root, entry } of files) {
    const key = keys.get(entry) ?? (entry.nlink > 1 ? byInode.get(inodeOf(entry)) : undefined);
    if (key === undefined) throw contentMissing(fileKey(roots[root]?.id ?? '', entry.path));
    keys.set(entry, key);
  }
  return keys;
}

/** The candidates whose content on disk is the snapshot's. */
export async function findMatching(
  { reader, roots, signal }: ContentOptions,
  comparison: Comparison,
  keys: ContentKeys,
): Promise<ReadonlySet<TreeEntry>> {
  const matching = new Set<TreeEntry>();
  await eachBounded(comparison.candidates, { concurrency: readerConcurrency, signal }, async ({ root, entry }) => {
    const path = hostPathOf(roots[root]?.hostPath ?? '', entry.path);
    if (await reader.matches(keys.get(entry) ?? '', path, { signal })) matching.add(entry);
  });
  return matching;
}

/** Rebuilds the planned files under their numbers in the incoming folders. Gives their bytes. */
export async function rebuildContents(
  { reader, roots, signal }: ContentOptions,
  { contents }: RestorePlan,
  keys: ContentKeys,
  { incoming }: RestoreFolders,
  onProgress: ((bytes: number, totalBytes: number) => void) | undefined,
): Promise<number> {
  const total = contents.reduce((sum, { entry }) => sum + entry.sizeBytes, 0);
  let done = 0;
  await eachBounded(contents.entries(), { concurrency: readerConcurrency, signal }, async ([number, { root, entry }]) => {
    let reached = 0;
    const advance = (bytes: number): void => {
      done += bytes - reached;
      reached = bytes;
      onProgress?.(done, total);
    };
    const path = `${roots[root]?.hostPath}/${incoming}/${number}`;
    await reader.write(keys.get(entry) ?? '', path, 'sparse', { signal, onProgress: advance });
    advance(entry.sizeBytes);
  });
  return total;
}

function contentMissing(key: string): HoldfastError {
  return new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: `the snapshot lists ${JSON.stringify(key)} but has no content of its size`,
    kind: 'corrupt',
    operation: 'files.restore',
    hint: 'holdfast verify names what is damaged; the snapshot before may be whole',
  });
}
