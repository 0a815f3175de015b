import { join } from 'node:path';
import type { PrunePolicy, PruneReport } from '@holdfast/core';
import { viewJob } from '../epoch/job-view.js';
import { fenced, usage } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import { removeIfThere } from '../files/whole-files.js';
import { heldSnapshots } from '../pins/held-snapshots.js';
import { StorageTime } from '../pins/storage-time.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { condemn } from './condemn.js';
import { planRemovals } from './plan-removals.js';
import { releaseSources } from './release-sources.js';
import type { PruneRun, Removals } from './removals.js';
import { removeCondemned } from './remove-condemned.js';
import { removeLeftovers } from './remove-leftovers.js';
import { removePacks } from './remove-packs.js';

export const defaultGraceMs = 120_000;
export const defaultRepackBelow = 0.5;

/** The steps of docs/format.md, "Prune". */
export async function pruneJob(context: StoreContext, paths: JobPaths, policy: PrunePolicy, run: PruneRun): Promise<PruneReport> {
  const { graceMs = defaultGraceMs, repackBelow = defaultRepackBelow, dryRun = false } = policy;
  checkPolicy({ ...policy, graceMs, repackBelow });
  throwIfAborted(run.signal, 'store.prune');
  const view = await viewJob(context, paths);
  const newest = view.current?.epoch ?? 0;
  if (policy.epoch !== undefined && policy.epoch !== newest) throw fenced(paths.job, policy.epoch, newest);
  const time = new StorageTime(context, paths.manifests);
  const held = await heldSnapshots(context, paths, time);
  const planned = await planRemovals(context, paths, view, policy, held.numbers);
  const removed = planned.map(({ name, reason }) => ({ number: name.number, reason }));
  const removals: Removals = { files: 0, bytes: 0, rewrittenPacks: 0 };
  if (dryRun) return { removed, waiting: view.condemned.map(({ number }) => number), ...reportOf(removals) };
  await condemn(context, paths, view, planned, run.signal);
  const waiting = await removeCondemned(context, paths, view, { graceMs, time, evenNewest: policy.evenNewest === true }, removals, run.signal);
  // Always, so that what an earlier prune removed is gone for good before its packs are.
  if (view.current !== undefined) await context.files.syncDirectory(paths.manifests, 'manifest-directory');
  await removePacks(context, paths, { graceMs, repackBelow, time }, removals, run);
  await releaseSources(context, paths, time);
  await removeLeftovers(context, paths, view, time, removals, run.signal);
  for (const file of held.dead) await removeIfThere(context.files, join(paths.pins, file));
  return { removed, waiting, ...reportOf(removals) };
}

function reportOf({ files, bytes, rewrittenPacks }: Removals): Pick<PruneReport, 'removedFiles' | 'freedBytes' | 'rewrittenPacks'> {
  return { removedFiles: files, freedBytes: bytes, rewrittenPacks };
}

function checkPolicy({
  keep,
  evenNewest = false,
  graceMs,
  repackBelow,
}: PrunePolicy & { readonly graceMs: number; readonly repackBelow: number }): void {
  if (!Number.isSafeInteger(keep) || keep < (evenNewest ? 0 : 1)) throw usage(`keep is ${keep}, which is not a whole number of at least 1`);
  if (!Number.isFinite(graceMs) || graceMs < 0) throw usage(`graceMs is ${graceMs}, which is no number of milliseconds`);
  if (!(repackBelow >= 0 && repackBelow <= 1)) throw usage(`repackBelow is ${repackBelow}, which is no share from 0 to 1`);
}
