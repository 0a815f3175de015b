import { join } from 'node:path';
import { type JobListing, listJob } from '../epoch/job-listing.js';
import { type SourceNote, sourceNoteName } from '../files/names.js';
import { removeIfThere } from '../files/whole-files.js';
import { removeSourcePin } from '../fork/remove-source-pin.js';
import { forkLifetimeMs } from '../pins/held-snapshots.js';
import { forkPinName } from '../pins/pin-name.js';
import type { StorageTime } from '../pins/storage-time.js';
import { type JobPaths, jobPaths, type StoreContext } from '../repository/store-context.js';
import { neededJobs } from './needed-jobs.js';

/** Removes a fork's pins in the jobs that none of its snapshots needs any more, and those of forks that were never finished. */
export async function releaseSources(context: StoreContext, paths: JobPaths, time: StorageTime): Promise<void> {
  const listing = await listJob(context, paths);
  if (listing.sources.length === 0) return;
  const needed = await neededJobs(context, paths, listing);
  if (needed === undefined) return;
  for (const note of listing.sources) {
    if (needed.has(note.job) || !(await isOver(context, paths, listing, note, time))) continue;
    const { pins } = jobPaths(context.root, note.job);
    await removeSourcePin(context.files, pins, join(pins, forkPinName(note.number, note.epoch, paths.job)));
    await removeIfThere(context.files, noteOf(paths, note));
  }
}

/** Its manifest may still be to come. */
async function isOver(context: StoreContext, paths: JobPaths, { marked }: JobListing, note: SourceNote, time: StorageTime): Promise<boolean> {
  if (marked.has(note.epoch)) return true;
  const info = await context.files.inspect(noteOf(paths, note)).catch(() => undefined);
  return info !== undefined && (await time.isOlder(info.modifiedMs, forkLifetimeMs));
}

function noteOf(paths: JobPaths, note: SourceNote): string {
  return join(paths.epochs, sourceNoteName(note));
}
