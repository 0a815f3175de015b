import type { Epoch, EpochHolder } from '@holdfast/core';
import { createEpoch, makeDirectories, makeReady } from '../epoch/claim.js';
import { listJob } from '../epoch/job-listing.js';
import { fenced } from '../errors.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/**
 * Claims the job with a fresh start where nobody has claimed it since `before` was its highest epoch; else rejects with kind `fenced`: what that one
 * commits was not looked at. Then the epoch is at most left unfinished, which decides nothing.
 */
export async function claimToRemove(context: StoreContext, paths: JobPaths, holder: EpochHolder, before: number): Promise<Epoch> {
  await makeDirectories(context, paths);
  await assertNobodyElse(context, paths, before, before);
  const own = await createEpoch(context, paths, holder, undefined);
  await assertNobodyElse(context, paths, before, own?.epoch ?? before);
  if (own === undefined || !(await makeReady(context, paths, own))) throw fenced(paths.job, before, before + 1);
  return own;
}

/** Rejects with kind `fenced` where there is an epoch above `before` that is not this one. */
async function assertNobodyElse(context: StoreContext, paths: JobPaths, before: number, own: number): Promise<void> {
  const { epochs, ready } = await listJob(context, paths);
  const other = [...epochs, ...ready].find((epoch) => epoch > before && epoch !== own);
  if (other !== undefined) throw fenced(paths.job, before, other);
}
