import { isHoldfastError } from '@holdfast/core/basics';
import type { JobListing } from '../epoch/job-listing.js';
import { readManifest } from '../manifest/read-manifest.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/** The jobs whose packs the job's manifests refer to, marked ones too. Undefined where one cannot be read: nobody knows what it needs. */
export async function neededJobs(
  context: StoreContext,
  paths: JobPaths,
  { manifests, condemned }: JobListing,
): Promise<ReadonlySet<string> | undefined> {
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
