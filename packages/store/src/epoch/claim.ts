import { join } from 'node:path';
import type { CheckpointRef, Epoch, EpochHolder, EpochStart } from '@holdfast/core';
import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';
import { checkpointMissing, usage } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import { createExclusively } from '../files/create-exclusively.js';
import { ensureDirectory } from '../files/directories.js';
import { epochFileName, isAttempt, type SnapshotName } from '../files/names.js';
import { toRef } from '../manifest/manifest.js';
import { readManifest } from '../manifest/read-manifest.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { readTombstones } from '../removal/tombstone.js';
import { encodeEpoch, encodeReady } from './epoch-record.js';
import { highestUsed, type JobListing, listJob } from './job-listing.js';
import { viewJob } from './job-view.js';
import { readEpoch } from './read-epoch.js';

const triesLimit = 1000;

/** Wins the next epoch; the steps C1 to C3 of docs/format.md, "Epochs". */
export async function claimEpoch(
  context: StoreContext,
  paths: JobPaths,
  holder: EpochHolder,
  start: EpochStart,
  signal?: AbortSignal,
): Promise<Epoch> {
  assertAttempt(holder);
  await makeDirectories(context, paths);
  for (let tries = 0; tries < triesLimit; tries += 1) {
    throwIfAborted(signal, 'store.claim');
    const from = await startingPoint(context, paths, start);
    const epoch = await createEpoch(context, paths, holder, from);
    if (epoch === undefined) continue;
    // Listed again only now: what was committed before the epoch's file was there must not be left behind.
    const after = await startingPoint(context, paths, start);
    if (after?.number !== from?.number || after?.epoch !== from?.epoch) continue;
    if (await makeReady(context, paths, epoch)) return epoch;
  }
  throw new HoldfastError('HF_JOB_HELD', {
    message: `Job ${paths.job} was claimed by others ${triesLimit} times while this attempt tried`,
    kind: 'conflict',
    retry: 'yes',
    hint: 'Let only one machine run the job, and try again',
  });
}

export function assertAttempt({ attempt }: EpochHolder): void {
  if (isAttempt(attempt)) return;
  throw usage(`${JSON.stringify(attempt)} is not the name of an attempt`, 'Use 1 to 64 letters, digits, underscores and hyphens');
}

/** Step C3. Not won only where a newer epoch is ready and its prune took the file before it had its name. */
export async function makeReady(context: StoreContext, paths: JobPaths, { epoch, attempt }: Epoch): Promise<boolean> {
  const path = join(paths.epochs, epochFileName(epoch, 'ready'));
  return await createExclusively(context.files, path, encodeReady(paths.job, epoch, attempt), 'epoch', 'epoch-directory');
}

export async function makeDirectories(context: StoreContext, paths: JobPaths): Promise<void> {
  await ensureDirectory(context.files, join(context.root, 'jobs'), 'job-directory');
  await ensureDirectory(context.files, paths.directory, 'job-directory');
  for (const directory of [paths.epochs, paths.manifests, paths.packs]) await ensureDirectory(context.files, directory, 'job-directory');
}

/** Undefined for a fresh start. Epochs whose claim is not finished do not count, so that one that dies half-way hides nothing. */
async function startingPoint(context: StoreContext, paths: JobPaths, start: EpochStart): Promise<SnapshotName | undefined> {
  if (start.kind === 'fresh') return undefined;
  const { eligible } = await viewJob(context, paths);
  if (start.kind === 'newest') return await newestReadable(context, paths, eligible);
  const chosen = eligible.find(({ number }) => number === start.number);
  if (chosen === undefined) throw checkpointMissing(paths.job, start.number, 'is not there, or a later attempt left it behind');
  return chosen;
}

/** A damaged manifest is passed over; one of a newer format, or one that cannot be read now, is not. */
async function newestReadable(context: StoreContext, paths: JobPaths, eligible: readonly SnapshotName[]): Promise<SnapshotName | undefined> {
  for (const name of eligible) {
    try {
      await readManifest(context, paths, name);
      return name;
    } catch (error) {
      if (!isHoldfastError(error) || (error.kind !== 'corrupt' && error.code !== 'HF_CHECKPOINT_MISSING')) throw error;
      context.logger.warn({ job: paths.job, number: name.number, error }, 'a snapshot that cannot be read is passed over');
    }
  }
  return undefined;
}

/** Step C1; undefined where another claim was faster. */
export async function createEpoch(
  context: StoreContext,
  paths: JobPaths,
  holder: EpochHolder,
  from: SnapshotName | undefined,
): Promise<Epoch | undefined> {
  const listing = await listJob(context, paths);
  const used = await highestUsed(context, paths, listing);
  const before = await newestFirstNumber(context, paths, listing);
  const removed = await readTombstones(context, paths);
  const epoch = Math.max(used.epoch, removed.epoch) + 1;
  const firstNumber = Math.max(used.number + 1, removed.number + 1, before, (from?.number ?? 0) + 1);
  const claimedAt = context.clock.now().toISOString();
  const content = encodeEpoch({ job: paths.job, epoch, attempt: holder.attempt, holder, claimedAt, from, firstNumber });
  const path = join(paths.epochs, epochFileName(epoch, 'epoch'));
  if (!(await createExclusively(context.files, path, content, 'epoch', 'epoch-directory'))) return undefined;
  const ref: CheckpointRef | undefined = from === undefined ? undefined : toRef(paths.job, from);
  return { job: paths.job, epoch, attempt: holder.attempt, from: ref, firstNumber };
}

/** Each epoch's first number is above those of the epochs before, so that the newest readable one stands for all. */
async function newestFirstNumber(context: StoreContext, paths: JobPaths, listing: JobListing): Promise<number> {
  for (const epoch of listing.epochs.toReversed()) {
    const record = await readEpoch(context, paths, epoch).catch(() => undefined);
    if (record !== undefined) return record.firstNumber;
  }
  return 1;
}
