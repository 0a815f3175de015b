import { isHoldfastError } from '@holdfast/core/basics';
import type { Manifest } from '../manifest/manifest.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { SourcePins } from './source-pins.js';
import { type ForkSource, type FoundSource, findSource } from './source-snapshot.js';

export interface PinnedSource {
  readonly source: FoundSource;
  readonly manifest: Manifest;
  readonly pins: SourcePins;
}

const triesLimit = 8;

/**
 * Steps F2 to F4 of docs/format.md, "Fork", of the snapshot that was found. Where the newest was asked for and a prune took it meanwhile, a newer one is
 * there, and is pinned instead. After a failure no pin is left.
 */
export async function pinSource(context: StoreContext, paths: JobPaths, epoch: number, from: ForkSource, found: FoundSource): Promise<PinnedSource> {
  let source = found;
  for (let tries = 1; ; tries += 1) {
    const pins = new SourcePins(context, paths, epoch);
    try {
      return { source, manifest: await pins.pinAll(source), pins };
    } catch (error) {
      await pins.withdraw();
      if (from.number !== undefined || tries === triesLimit || !isHoldfastError(error) || error.code !== 'HF_CHECKPOINT_MISSING') throw error;
      const next = await findSource(context, from);
      if (next.name.number === source.name.number) throw error;
      source = next;
    }
  }
}
