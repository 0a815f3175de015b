import { join } from 'node:path';
import type { CheckpointMetadata, NotedEpoch, NoteKind } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core/basics';
import { usage } from '../errors.js';
import { createExclusively } from '../files/create-exclusively.js';
import { epochFileName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import { removeIfThere } from '../files/whole-files.js';
import { type JobPaths, refuseLinks, type StoreContext } from '../repository/store-context.js';
import { encodeNote, noteLimitBytes } from './epoch-note.js';

/** Creates the note once; tells whether this call did. Nothing stays of one whose epoch was removed with its job meanwhile. */
export async function writeNote(
  context: StoreContext,
  paths: JobPaths,
  epoch: NotedEpoch,
  kind: NoteKind,
  note: CheckpointMetadata,
): Promise<boolean> {
  const bytes = Buffer.byteLength(JSON.stringify(note));
  if (bytes > noteLimitBytes)
    throw usage(`A note of ${bytes} bytes is longer than ${noteLimitBytes}`, 'Leave out what the repository tells by itself');
  await refuseLinks(context, paths);
  await assertThere(context, paths, epoch);
  const path = join(paths.epochs, epochFileName(epoch.epoch, kind));
  const won = await createExclusively(context.files, path, encodeNote(epoch, kind, note, context.cipher), 'epoch', 'epoch-directory').catch(
    async (error: unknown) => {
      await assertThere(context, paths, epoch);
      throw error;
    },
  );
  try {
    await assertThere(context, paths, epoch);
  } catch (error) {
    if (won) await removeIfThere(context.files, path);
    throw error;
  }
  return won;
}

async function assertThere({ files }: StoreContext, paths: JobPaths, { epoch }: NotedEpoch): Promise<void> {
  try {
    await files.inspect(join(paths.epochs, epochFileName(epoch, 'epoch')));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new HoldfastError('HF_JOB_MISSING', {
      message: `epoch ${epoch} of job ${paths.job} is not there: the job was removed, or the file of the epoch is lost`,
      kind: 'not-found',
      operation: 'store.note',
      context: { job: paths.job, epoch },
      hint: 'holdfast list names the jobs',
    });
  }
}
