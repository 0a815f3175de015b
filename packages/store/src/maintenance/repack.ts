import type { HoldfastError } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core/basics';
import { throwIfAborted } from '../files/abort.js';
import { movedPackName } from '../files/names.js';
import { isStale } from '../files/system-errors.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { copyBlocks } from './copy-blocks.js';
import type { SparsePack } from './judge-packs.js';
import { MovedPackWriter } from './moved-pack-writer.js';
import type { PruneRun, Removals } from './removals.js';
import type { SurveyedPack } from './surveyed-pack.js';

/** So that a prune between two snapshots stays short; the next one goes on. */
const copyLimitBytes = 256 * 1024 * 1024;

/**
 * Moves the live blocks of sparse packs to new packs, as they are stored, and tells which packs nothing depends on any more: those of which every live
 * block lies in a new pack, synced and under its final name. A pack with a damaged block stays as it is.
 */
export async function repack(
  context: StoreContext,
  paths: JobPaths,
  sparse: readonly SparsePack[],
  removals: Removals,
  run: PruneRun,
): Promise<readonly SurveyedPack[]> {
  const moved: SurveyedPack[] = [];
  for (const group of groupsOf(sparse, context.packTargetBytes)) {
    throwIfAborted(run.signal, 'store.prune');
    try {
      moved.push(...(await moveGroup(context, paths, group, removals, run)));
    } catch (error) {
      if (!isHoldfastError(error) || error.kind !== 'no-space') throw error;
      context.logger.warn({ job: paths.job, error }, 'there is no space to rewrite packs of which little is needed');
      break;
    }
  }
  return moved;
}

/** Packs that go into one new pack each. */
function groupsOf(sparse: readonly SparsePack[], targetBytes: number): readonly (readonly SparsePack[])[] {
  const groups: SparsePack[][] = [];
  let [inGroup, total] = [0, 0];
  for (const pack of sparse) {
    if (total > 0 && total + pack.liveBytes > copyLimitBytes) break;
    const last = groups.at(-1);
    if (last === undefined || inGroup + pack.liveBytes > targetBytes) [groups[groups.length], inGroup] = [[pack], 0];
    else last.push(pack);
    inGroup += pack.liveBytes;
    total += pack.liveBytes;
  }
  return groups;
}

async function moveGroup(
  context: StoreContext,
  paths: JobPaths,
  group: readonly SparsePack[],
  removals: Removals,
  run: PruneRun,
): Promise<readonly SurveyedPack[]> {
  // Named after the oldest: what a pack holds is needed by no snapshot older than its name says.
  const [oldest] = group.map(({ pack }) => pack.name).sort((a, b) => a.number - b.number);
  if (oldest === undefined) return [];
  const generation = 1 + Math.max(...group.map(({ pack }) => pack.generation));
  const moved: SurveyedPack[] = [];
  await using writer = await MovedPackWriter.create(context, paths, movedPackName(oldest, generation));
  for (const { pack, live } of group) {
    try {
      await copyBlocks(context, paths, pack, live, writer, run);
      moved.push(pack);
    } catch (error) {
      if (!isPassedOver(error)) throw error;
      context.logger.warn({ job: paths.job, file: pack.file, error }, 'a pack of which little is needed cannot be read, and stays as it is');
    }
  }
  if (moved.length === 0) return [];
  removals.bytes -= await writer.finish();
  removals.rewrittenPacks += moved.length;
  return moved;
}

/** Damaged, of a newer format, or removed by a prune that was faster. */
function isPassedOver(error: unknown): error is HoldfastError {
  return isHoldfastError(error) && (error.kind === 'corrupt' || error.kind === 'newer-format' || isStale(error));
}
