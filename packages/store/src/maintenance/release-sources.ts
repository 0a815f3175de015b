import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core/basics';
import { type JobListing, listJob } from '../epoch/job-listing.js';
import { type SourceNote, sourceNoteName } from '../files/names.js';
import { removeIfThere } from '../files/whole-files.js';
import { removeSourcePin } from '../fork/remove-source-pin.js';
import { readManifest } from '../manifest/read-manifest.js';
import { forkLifetimeMs } from '../pins/held-snapshots.js';
import { forkPinName } from '../pins/pin-name.js';
import type { StorageTime } from '../pins/storage-time.js';
import { type JobPaths, jobPaths, type StoreContext } from '../repository/store-context.js';

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

/** Undefined where a manifest cannot be read: nobody knows what it needs. */
async function neededJobs(context: StoreContext, paths: JobPaths, { manifests, condemned }: JobListing): Promise<ReadonlySet<string> | undefined> {
  const jobs = new Set<string>();
  for (const name of [...manifests, ...condemned]) {
    try {
      for (const { job } of (await readManifest(context, paths, name)).blocks.packs) jobs.add(job);
    } catch (error) {
      if (!isHoldfastError(error) || error.kind !== 'corrupt') throw error;
      return undefined;
    }
  }
  return jobs;
}

function noteOf(paths: JobPaths, note: SourceNote): string {
  return join(paths.epochs, sourceNoteName(note));
}
