import { join } from 'node:path';
import type { Epoch, EpochEnd } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core/basics';
import { createExclusively } from '../files/create-exclusively.js';
import { epochFileName } from '../files/names.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { assertCurrent } from './assert-current.js';
import { encodeEnd } from './epoch-record.js';
import { readEnd } from './read-epoch.js';

/** Notes how the job ended, once. */
export async function endEpoch(context: StoreContext, paths: JobPaths, epoch: Epoch, end: EpochEnd): Promise<void> {
  await assertCurrent(context, paths, epoch);
  const record = { attempt: epoch.attempt, exitCode: end.exitCode, endedAt: end.endedAt };
  const path = join(paths.epochs, epochFileName(epoch.epoch, 'end'));
  if (!(await createExclusively(context.files, path, encodeEnd(paths.job, epoch.epoch, record), 'epoch', 'epoch-directory'))) {
    const known = await readEnd(context, paths, epoch.epoch);
    if (known?.exitCode !== end.exitCode || known.endedAt !== end.endedAt || known.attempt !== epoch.attempt) {
      throw new HoldfastError('HF_USAGE', {
        message: `Epoch ${epoch.epoch} of job ${paths.job} has ended with exit code ${known?.exitCode ?? 'unknown'} at ${known?.endedAt ?? 'an unknown time'} already`,
        kind: 'conflict',
        hint: 'An end is noted once',
      });
    }
  }
  await assertCurrent(context, paths, epoch);
}
