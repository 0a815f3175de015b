import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core/basics';
import { packGeneration, parsePackName, type SnapshotName } from '../files/names.js';
import { isStale } from '../files/system-errors.js';
import type { IndexEntry } from '../pack/pack-index.js';
import { PackReader } from '../pack/pack-reader.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/** A pack as prune sees it. */
export interface SurveyedPack {
  readonly file: string;
  readonly name: SnapshotName;
  /** 0 as a snapshot wrote it; else how many times its blocks were moved. */
  readonly generation: number;
  readonly modifiedMs: number;
  /** Undefined where it is damaged or was not finished. */
  readonly entries: readonly IndexEntry[] | undefined;
}

/** Undefined where it is gone. */
export async function surveyPack(context: StoreContext, paths: JobPaths, file: string): Promise<SurveyedPack | undefined> {
  const name = parsePackName(file);
  if (name === undefined) return undefined;
  try {
    const { modifiedMs } = await context.files.inspect(join(paths.packs, file));
    return { file, name, generation: packGeneration(name), modifiedMs, entries: await entriesOf(context, paths, file) };
  } catch (error) {
    if (isStale(error)) return undefined;
    throw error;
  }
}

async function entriesOf(context: StoreContext, paths: JobPaths, file: string): Promise<readonly IndexEntry[] | undefined> {
  try {
    const pack = await PackReader.open(context.files, paths.packs, file, context.repositoryId);
    await pack.close();
    return pack.entries;
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'corrupt') return undefined;
    throw error;
  }
}
