import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core';
import { listJob } from '../epoch/job-listing.js';
import { throwIfAborted } from '../files/abort.js';
import { listIfThere } from '../files/directories.js';
import { parsePackName, type SnapshotName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import { blockId } from '../manifest/manifest.js';
import { readManifest } from '../manifest/read-manifest.js';
import { PackReader } from '../pack/pack-reader.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { type Removals, removeCounted } from './removals.js';

/** Removes the packs that no remaining manifest needs, except those of a snapshot that may still be being written. */
export async function removePacks(context: StoreContext, paths: JobPaths, removals: Removals, signal: AbortSignal | undefined): Promise<void> {
  // Packs are listed before manifests: a pack in this list whose manifest is not in the later list is not of a snapshot committed in between.
  const packs = (await listIfThere(context.files, paths.packs)).flatMap((file) => {
    const name = parsePackName(file);
    return name === undefined ? [] : [{ file, name }];
  });
  const listing = await listJob(context, paths);
  // An epoch that is not ready may still be begun again from a snapshot that the one before is writing.
  const newest = Math.max(0, ...listing.ready);
  const finished = listing.manifests.filter(({ epoch }) => epoch === newest).reduce((highest, { number }) => Math.max(highest, number), 0);
  const inProgress = ({ epoch, number }: SnapshotName): boolean => epoch >= newest && number > finished;
  const candidates = packs.filter(({ name }) => !inProgress(name));
  if (candidates.length === 0) return;
  const needed = await neededBlocks(context, paths, listing.manifests);
  if (needed === undefined) return;
  for (const { file } of candidates) {
    throwIfAborted(signal, 'store.prune');
    if (await isNeeded(context, paths, file, needed)) continue;
    await removeCounted(context, join(paths.packs, file), removals);
  }
}

interface Needed {
  readonly blocks: ReadonlySet<string>;
  /** Named by a manifest as the place of a block. */
  readonly packs: ReadonlySet<string>;
}

/** Undefined where a manifest cannot be read: nobody knows what it needs. */
async function neededBlocks(context: StoreContext, paths: JobPaths, manifests: readonly SnapshotName[]): Promise<Needed | undefined> {
  const blocks = new Set<string>();
  const packs = new Set<string>();
  for (const name of manifests) {
    try {
      const { blocks: table } = await readManifest(context, paths, name);
      for (let ordinal = 0; ordinal < table.length; ordinal += 1) blocks.add(blockId(table, ordinal));
      for (const { job, pack } of table.packs) if (job === paths.job) packs.add(pack);
    } catch (error) {
      if (!isHoldfastError(error) || error.kind !== 'corrupt') throw error;
      context.logger.warn({ job: paths.job, number: name.number, error }, 'a snapshot cannot be read, so no pack is removed');
      return undefined;
    }
  }
  return { blocks, packs };
}

/** A damaged pack that a manifest names stays: it may have been damaged only in its index. */
async function isNeeded(context: StoreContext, paths: JobPaths, file: string, needed: Needed): Promise<boolean> {
  try {
    const pack = await PackReader.open(context.files, paths.packs, file, context.repositoryId);
    try {
      return pack.entries.some(({ id }) => needed.blocks.has(id));
    } finally {
      await pack.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    if (isHoldfastError(error) && error.kind === 'corrupt') return needed.packs.has(file);
    throw error;
  }
}
