import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core/basics';
import { MalformedBytes } from '../codec/byte-reader.js';
import { sealedJsonLimitBytes } from '../codec/sealed-json.js';
import { corrupt } from '../errors.js';
import { type EpochFileKind, epochFileName } from '../files/names.js';
import { readWholeFile } from '../files/whole-files.js';
import { readManifest } from '../manifest/read-manifest.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { decodeEnd, decodeEpoch, decodeReady, type EndRecord, type EpochRecord } from './epoch-record.js';
import type { JobListing } from './job-listing.js';

/** Undefined where there is no such file; rejects with HF_EPOCH_CORRUPT or HF_FORMAT_NEWER. */
export function readEpoch(context: StoreContext, paths: JobPaths, epoch: number): Promise<EpochRecord | undefined> {
  return readSealed(context, paths, epoch, 'epoch', decodeEpoch);
}

export function readEnd(context: StoreContext, paths: JobPaths, epoch: number): Promise<EndRecord | undefined> {
  return readSealed(context, paths, epoch, 'end', decodeEnd);
}

export function readReady(context: StoreContext, paths: JobPaths, epoch: number): Promise<string | undefined> {
  return readSealed(context, paths, epoch, 'ready', decodeReady);
}

/** The epoch's file; where it is missing or damaged, what the epoch's manifests repeat of it. Undefined where neither tells. */
export async function recoverEpoch(context: StoreContext, paths: JobPaths, listing: JobListing, epoch: number): Promise<EpochRecord | undefined> {
  const problem = await readEpoch(context, paths, epoch).catch((error: unknown) => {
    if (isHoldfastError(error) && error.kind === 'corrupt') return error;
    throw error;
  });
  if (problem !== undefined && !isHoldfastError(problem)) return problem;
  for (const name of [...listing.manifests, ...listing.condemned].filter((candidate) => candidate.epoch === epoch)) {
    const manifest = await readManifest(context, paths, name).catch(() => undefined);
    if (manifest === undefined) continue;
    const { job, attempt, from, firstNumber, createdAt } = manifest.summary;
    context.logger.warn({ job, epoch }, 'an epoch file is missing or damaged; its snapshots tell what it said');
    return { job, epoch, attempt, from, firstNumber, claimedAt: createdAt, holder: { attempt, host: 'unknown', pid: 0 } };
  }
  if (problem !== undefined) throw problem;
  return undefined;
}

async function readSealed<T>(
  context: StoreContext,
  paths: JobPaths,
  epoch: number,
  kind: EpochFileKind,
  decode: (file: string, bytes: Buffer, job: string, epoch: number) => T,
): Promise<T | undefined> {
  const path = join(paths.epochs, epochFileName(epoch, kind));
  const bytes = await readWholeFile(context.files, path, sealedJsonLimitBytes, (size) => corrupt('HF_EPOCH_CORRUPT', path, `it has ${size} bytes`));
  if (bytes === undefined) return undefined;
  try {
    return decode(path, bytes, paths.job, epoch);
  } catch (error) {
    if (error instanceof MalformedBytes) throw corrupt('HF_EPOCH_CORRUPT', path, error.message, error);
    throw error;
  }
}
