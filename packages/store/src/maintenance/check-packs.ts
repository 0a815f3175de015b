import { isHoldfastError } from '@holdfast/core/basics';
import { listIfThere } from '../files/directories.js';
import { isGone } from '../files/is-gone.js';
import { parsePackName, parseTemporaryName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import type { IndexEntry } from '../pack/pack-index.js';
import { PackReader } from '../pack/pack-reader.js';
import { readVerified } from '../read/verified-block.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { StoredSpace } from '../workers/stored-space.js';
import { type Findings, noting } from './findings.js';

/** What was found of a pack: its good blocks, or that it is not whole. */
export interface CheckedPack {
  readonly blocks: ReadonlySet<string>;
  readonly whole: boolean;
}

/**
 * Reads every block of every pack. A pack with a damaged block is a problem at once; a pack that has no valid index may be what a killed writer left,
 * so only the snapshot that needs it makes it one.
 */
export async function checkPacks(context: StoreContext, paths: JobPaths, findings: Findings): Promise<ReadonlyMap<string, CheckedPack>> {
  const packs = new Map<string, CheckedPack>();
  const { stored, storedLimit } = findings.memory;
  const spaces = await Promise.all(Array.from({ length: storedLimit }, () => stored.acquire()));
  try {
    for (const file of await listIfThere(context.files, paths.packs)) {
      findings.advance(0);
      if (parsePackName(file) === undefined) {
        if (parseTemporaryName(file) === undefined) context.logger.info({ job: paths.job, file }, 'an unknown file lies among the packs');
        continue;
      }
      packs.set(file, await checkPack(context, paths, file, spaces, findings));
    }
  } finally {
    for (const space of spaces) stored.release(space);
  }
  return packs;
}

async function checkPack(
  context: StoreContext,
  paths: JobPaths,
  file: string,
  spaces: readonly StoredSpace[],
  findings: Findings,
): Promise<CheckedPack> {
  const pack = await openPack(context, paths, file);
  if (pack === undefined) return { blocks: new Set(), whole: false };
  const good = new Set<string>();
  const damaged: unknown[] = [];
  const check = async (entry: IndexEntry, stored: StoredSpace): Promise<void> => {
    await readVerified(context, pack, entry, stored).then(
      () => good.add(entry.id),
      (error: unknown) => {
        context.logger.warn({ job: paths.job, file, block: entry.id, error }, 'a block cannot be read');
        damaged.push(error);
      },
    );
    findings.blocks += 1;
    findings.advance(entry.lengthBytes);
  };
  try {
    await eachBlock(pack.entries, spaces, check);
  } finally {
    await pack.close();
  }
  // However many of its blocks are damaged, the pack is one problem; none once a prune removed it: whoever still needs it tells so.
  if (damaged.length > 0)
    await noting(
      findings,
      pack.path,
      undefined,
      () => Promise.reject(damaged[0]),
      () => isGone(context.files, pack.path),
    );
  return { blocks: good, whole: true };
}

/** As many at once as there are spaces. On the first failure none is begun any more; rejects with it once the others have ended. */
async function eachBlock(
  entries: readonly IndexEntry[],
  spaces: readonly StoredSpace[],
  work: (entry: IndexEntry, stored: StoredSpace) => Promise<void>,
): Promise<void> {
  const left = entries.values();
  let failure: { readonly error: unknown } | undefined;
  const workOff = async (stored: StoredSpace): Promise<void> => {
    try {
      for (const entry of left) {
        if (failure !== undefined) return;
        await work(entry, stored);
      }
    } catch (error) {
      failure ??= { error };
    }
  };
  await Promise.all(spaces.map(workOff));
  if (failure !== undefined) throw failure.error;
}

async function openPack(context: StoreContext, paths: JobPaths, file: string): Promise<PackReader | undefined> {
  try {
    return await PackReader.open(context.files, paths.packs, file, context.repositoryId);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    if (error.kind !== 'corrupt' && systemCode(error) === undefined) throw error;
    context.logger.info({ job: paths.job, file, error }, 'a pack has no valid index');
    return undefined;
  }
}
