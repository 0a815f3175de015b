import { type CallOptions, isHoldfastError, type MetadataStore, type PruneReport } from '@holdfast/core';
import { bringInLine } from '../catalog/bring-in-line.js';
import { isHeld } from '../run/is-held.js';
import { type RetentionRule, retentionRule } from './retention-rule.js';
import type { SweepOptions } from './sweep-options.js';
import type { SweepReason, SweptJob } from './types.js';

export interface SweptByRule {
  readonly report: SweptJob;
  readonly ended: boolean;
}

/** Prunes a job by its rule; where `oldest` is given, so many more of its oldest snapshots for want of space. */
export async function sweepJob(
  { store, config: { retention }, clock, logger }: SweepOptions,
  catalog: MetadataStore | undefined,
  job: string,
  oldest: number | undefined,
  dryRun: boolean,
  options: CallOptions,
): Promise<SweptByRule> {
  const state = await store.state(job, options);
  const eligible = (await store.list(job, options)).filter((summary) => summary.eligible);
  const held = await isPerhapsHeld(catalog, job, options);
  const rule = retentionRule({ state, newestAt: eligible[0]?.createdAt, held }, retention, clock.now());
  const ended = state.epoch?.end !== undefined;
  const kept = Math.min(rule.keep, eligible.length);
  const { keep, reason }: RetentionRule = oldest === undefined ? rule : { keep: Math.max(ended ? 0 : 1, kept - oldest), reason: 'maxBytes' };
  const report = await store.prune(job, { keep, evenNewest: keep === 0, epoch: state.epoch?.epoch, graceMs: retention.graceMs, dryRun }, options);
  if (!dryRun && catalog !== undefined) await bringInLine({ store, catalog, logger }, job, options);
  return { ended, report: { ...told(job, report, reason), problem: undefined } };
}

/** Where the catalog does not tell, somebody may run the job. */
async function isPerhapsHeld(catalog: MetadataStore | undefined, job: string, options: CallOptions): Promise<boolean> {
  if (catalog === undefined) return true;
  try {
    return isHeld(await catalog.currentLease(job, options));
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    return true;
  }
}

function told(job: string, report: PruneReport, reason: SweepReason): Omit<SweptJob, 'problem'> {
  const { waiting, freedBytes } = report;
  const removed = report.removed.map((each) => ({ number: each.number, reason: each.reason === 'left-behind' ? ('leftBehind' as const) : reason }));
  return { job, removed, waiting, freedBytes };
}
