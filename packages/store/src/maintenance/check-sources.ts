import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import { listJob } from '../epoch/job-listing.js';
import { sourceNoteName } from '../files/names.js';
import { isGone } from '../files/is-gone.js';
import { forkPinName } from '../pins/pin-name.js';
import { type JobPaths, jobPaths, type StoreContext } from '../repository/store-context.js';
import { type Findings, noting } from './findings.js';
import { neededJobs } from './needed-jobs.js';

/** Each pin that a fork's note names must be there as long as a snapshot of the fork needs that job: nothing else keeps a prune from its blocks. */
export async function checkSources(context: StoreContext, paths: JobPaths, findings: Findings): Promise<void> {
  const listing = await listJob(context, paths);
  const needed = listing.sources.length === 0 ? undefined : await neededJobs(context, paths, listing);
  for (const note of listing.sources) {
    // A fork that was killed half-way may have noted a pin that it never made.
    if (needed?.has(note.job) !== true || !listing.ready.has(note.epoch)) continue;
    const { pins } = jobPaths(context.root, note.job);
    const pin = join(pins, forkPinName(note.number, note.epoch, paths.job));
    // A prune that lets go removes the pin first, then the note.
    const letGo = (): Promise<boolean> => isGone(context.files, join(paths.epochs, sourceNoteName(note)));
    const check = async (): Promise<void> => {
      if (await isGone(context.files, pin)) throw missingPin(pin, note.job, note.number, paths.job);
    };
    await noting(findings, pin, undefined, check, letGo);
  }
}

function missingPin(file: string, job: string, number: number, fork: string): HoldfastError {
  const what = `it is missing, and nothing keeps a prune of ${job} from what ${fork} needs of snapshot ${number}: make the file anew, empty`;
  return new HoldfastError('HF_EPOCH_CORRUPT', { message: `${file} is damaged: ${what}`, kind: 'corrupt', context: { file } });
}
