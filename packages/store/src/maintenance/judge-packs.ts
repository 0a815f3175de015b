import type { NeededBlocks } from './needed-blocks.js';
import type { SurveyedPack } from './surveyed-pack.js';

export interface PackVerdicts {
  /** No snapshot needs a block of these. */
  readonly useless: readonly SurveyedPack[];
  /** Every block of these that is needed lies in a pack of a later generation too, the youngest of which is as old as `sinceMs`. */
  readonly superseded: readonly { readonly pack: SurveyedPack; readonly sinceMs: number }[];
  /** Little of these is needed: those blocks are to be moved. The one with the smallest needed share comes first. */
  readonly sparse: readonly SparsePack[];
}

export interface SparsePack {
  readonly pack: SurveyedPack;
  /** Ids of its blocks that are needed and lie in no pack of a later generation. */
  readonly live: ReadonlySet<string>;
  readonly liveBytes: number;
}

/**
 * Decides what becomes of each pack. A block that lies in several packs counts in those of the latest generation only. A pack is so given up only for one
 * of a *later* generation: prunes that run at once and see different packs never give up the last copy of a block for each other's.
 */
export function judgePacks(packs: readonly SurveyedPack[], needed: NeededBlocks, repackBelow: number): PackVerdicts {
  const latest = latestHolders(packs, needed.ids);
  const useless: SurveyedPack[] = [];
  const superseded: PackVerdicts['superseded'][number][] = [];
  const sparse: SparsePack[] = [];
  for (const pack of packs) {
    const { entries, generation, file } = pack;
    if (entries === undefined) {
      // It may have been damaged only in its index.
      if (!needed.packs.has(file)) useless.push(pack);
      continue;
    }
    const wanted = entries.filter(({ id }) => needed.ids.has(id));
    const live = wanted.filter(({ id }) => (latest.get(id)?.generation ?? 0) <= generation);
    const liveBytes = bytesOf(live);
    if (wanted.length === 0) useless.push(pack);
    else if (live.length === 0)
      superseded.push({ pack, sinceMs: wanted.reduce((newest, { id }) => Math.max(newest, latest.get(id)?.modifiedMs ?? 0), 0) });
    else if (liveBytes < repackBelow * bytesOf(entries)) sparse.push({ pack, live: new Set(live.map(({ id }) => id)), liveBytes });
  }
  sparse.sort((a, b) => a.liveBytes / bytesOf(a.pack.entries ?? []) - b.liveBytes / bytesOf(b.pack.entries ?? []));
  return { useless, superseded, sparse };
}

function latestHolders(packs: readonly SurveyedPack[], needed: ReadonlySet<string>): ReadonlyMap<string, SurveyedPack> {
  const latest = new Map<string, SurveyedPack>();
  for (const pack of packs) {
    for (const { id } of pack.entries ?? []) if (needed.has(id) && pack.generation >= (latest.get(id)?.generation ?? 0)) latest.set(id, pack);
  }
  return latest;
}

function bytesOf(entries: readonly { readonly lengthBytes: number }[]): number {
  return entries.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}
