import type { CheckpointMetadata, EpochHistory, NoteKind } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core/basics';
import { throwIfAborted } from '../files/abort.js';
import { toRef } from '../manifest/manifest.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { readNote } from './epoch-note.js';
import type { EpochRecord } from './epoch-record.js';
import { listJob } from './job-listing.js';
import { readEnd, recoverEpoch } from './read-epoch.js';

/** Every epoch whose claim was finished, oldest first. One that cannot be read costs its own entry alone. */
export async function jobHistory(context: StoreContext, paths: JobPaths, signal: AbortSignal | undefined): Promise<readonly EpochHistory[]> {
  const listing = await listJob(context, paths);
  const history: EpochHistory[] = [];
  for (const epoch of [...listing.ready].sort((a, b) => a - b)) {
    throwIfAborted(signal, 'store.history');
    const record = await passingOver(context, paths, epoch, () => recoverEpoch(context, paths, listing, epoch));
    if (record === undefined) continue;
    const end = listing.ended.has(epoch) ? await passingOver(context, paths, epoch, () => readEnd(context, paths, epoch)) : undefined;
    history.push({
      job: paths.job,
      epoch,
      attempt: record.attempt,
      firstNumber: record.firstNumber,
      from: record.from === undefined ? undefined : toRef(paths.job, record.from),
      holder: record.holder,
      claimedAt: record.claimedAt,
      end: end === undefined ? undefined : { exitCode: end.exitCode, endedAt: end.endedAt },
      started: listing.started.has(epoch) ? await noteOf(context, paths, record, 'started') : undefined,
      over: listing.over.has(epoch) ? await noteOf(context, paths, record, 'over') : undefined,
    });
  }
  return history;
}

/** A note of another attempt was left by a writer of a job that was removed. */
async function noteOf(context: StoreContext, paths: JobPaths, record: EpochRecord, kind: NoteKind): Promise<CheckpointMetadata | undefined> {
  const found = await passingOver(context, paths, record.epoch, () => readNote[kind](context, paths, record.epoch));
  return found?.attempt === record.attempt ? found.note : undefined;
}

async function passingOver<T>(
  { logger }: StoreContext,
  { job }: JobPaths,
  epoch: number,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isHoldfastError(error) || (error.kind !== 'corrupt' && error.kind !== 'newer-format')) throw error;
    logger.warn({ job, epoch, error: error.message }, 'a file of an epoch cannot be read and is left out');
    return undefined;
  }
}
