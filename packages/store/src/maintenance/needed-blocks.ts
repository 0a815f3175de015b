import { isHoldfastError } from '@holdfast/core/basics';
import type { SnapshotName } from '../files/names.js';
import { blockId } from '../manifest/manifest.js';
import { readManifest } from '../manifest/read-manifest.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

export interface NeededBlocks {
  /** The bases of deltas are among them: a manifest lists them too. */
  readonly ids: ReadonlySet<string>;
  /** Named by a manifest as the place of a block. */
  readonly packs: ReadonlySet<string>;
}

/** What these manifests need of the job's own packs. Undefined where one cannot be read: nobody knows what it needs. */
export async function neededBlocks(context: StoreContext, paths: JobPaths, manifests: readonly SnapshotName[]): Promise<NeededBlocks | undefined> {
  const ids = new Set<string>();
  const packs = new Set<string>();
  for (const name of manifests) {
    try {
      const { blocks: table } = await readManifest(context, paths, name);
      for (let ordinal = 0; ordinal < table.length; ordinal += 1) ids.add(blockId(table, ordinal));
      for (const { job, pack } of table.packs) if (job === paths.job) packs.add(pack);
    } catch (error) {
      if (!isHoldfastError(error) || error.kind !== 'corrupt') throw error;
      context.logger.warn({ job: paths.job, number: name.number, error }, 'a snapshot cannot be read, so no pack is removed');
      return undefined;
    }
  }
  return { ids, packs };
}
