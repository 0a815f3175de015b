import type { SnapshotUsage } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core/basics';
import { isEligible } from '../epoch/eligibility.js';
import { viewJob } from '../epoch/job-view.js';
import { throwIfAborted } from '../files/abort.js';
import { listIfThere } from '../files/directories.js';
import { blockId } from '../manifest/manifest.js';
import { readManifest } from '../manifest/read-manifest.js';
import { heldSnapshots } from '../pins/held-snapshots.js';
import { StorageTime } from '../pins/storage-time.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { surveyPack } from './surveyed-pack.js';

/** Newest first; each block counts for the newest snapshot that needs it. */
export async function jobUsage(context: StoreContext, paths: JobPaths, signal: AbortSignal | undefined): Promise<readonly SnapshotUsage[]> {
  throwIfAborted(signal, 'store.usage');
  const view = await viewJob(context, paths);
  if (view.manifests.length === 0) return [];
  const sizes = await blockSizes(context, paths, signal);
  const held = await heldSnapshots(context, paths, new StorageTime(context, paths.manifests));
  const usage: SnapshotUsage[] = [];
  for (const name of view.manifests) {
    throwIfAborted(signal, 'store.usage');
    try {
      const { summary, blocks } = await readManifest(context, paths, name);
      let bytes = 0;
      for (let ordinal = 0; ordinal < blocks.length; ordinal += 1) {
        const id = blockId(blocks, ordinal);
        bytes += sizes.get(id) ?? 0;
        sizes.delete(id);
      }
      const { number, createdAt } = summary;
      usage.push({ number, createdAt, eligible: isEligible(view.lineage, name), bytes, held: held.numbers.has(number) });
    } catch (error) {
      if (!isHoldfastError(error) || (error.kind !== 'corrupt' && error.kind !== 'newer-format' && error.kind !== 'not-found')) throw error;
    }
  }
  return usage;
}

/** Of the blocks in the job's own packs. */
async function blockSizes(context: StoreContext, paths: JobPaths, signal: AbortSignal | undefined): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const file of await listIfThere(context.files, paths.packs)) {
    throwIfAborted(signal, 'store.usage');
    const pack = await surveyPack(context, paths, file);
    for (const { id, lengthBytes } of pack?.entries ?? []) sizes.set(id, lengthBytes);
  }
  return sizes;
}
