import { join } from 'node:path';
import type { CallOptions, VerifyProblem, VerifyReport } from '@holdfast/core';
import { throwIfAborted } from '../files/abort.js';
import { listIfThere } from '../files/directories.js';
import { isJobName } from '../job-name.js';
import { ReadingMemory } from '../read/reading-memory.js';
import { jobPaths, type StoreContext } from '../repository/store-context.js';
import { checkEpochs } from './check-epochs.js';
import { checkPacks } from './check-packs.js';
import { checkRemoved } from './check-removed.js';
import { checkSnapshots } from './check-snapshots.js';
import { checkSources } from './check-sources.js';
import { type Findings, noting } from './findings.js';

export interface VerifyRun extends CallOptions {
  readonly onProgress?: (bytes: number) => void;
}

async function everyName({ files, root }: StoreContext): Promise<readonly string[]> {
  const names = [...(await listIfThere(files, join(root, 'jobs'))), ...(await listIfThere(files, join(root, 'removed')))];
  return [...new Set(names.filter(isJobName))].sort();
}

/** Reads everything of the jobs, or of all and of what removed ones left, and names every problem; see docs/format.md. Rejects only when aborted. */
export async function verifyRepository(context: StoreContext, job: string | undefined, run: VerifyRun = {}): Promise<VerifyReport> {
  const jobs = job === undefined ? await everyName(context) : [job];
  const problems: VerifyProblem[] = [];
  const memory = new ReadingMemory(context.workers.width);
  const totals = { snapshots: 0, blocks: 0, bytes: 0 };
  for (const job of jobs) {
    const advance = (bytes: number): void => {
      throwIfAborted(run.signal, 'store.verify');
      totals.bytes += bytes;
      run.onProgress?.(totals.bytes);
    };
    const findings: Findings = { job, problems, memory, snapshots: 0, blocks: 0, bytes: 0, advance };
    const paths = jobPaths(context.root, job);
    await noting(findings, paths.tombstones, undefined, () => checkRemoved(context, paths, findings));
    await noting(findings, paths.epochs, undefined, () => checkEpochs(context, paths, findings));
    await noting(findings, paths.epochs, undefined, () => checkSources(context, paths, findings));
    const packs = await noting(findings, paths.packs, undefined, () => checkPacks(context, paths, findings));
    await noting(findings, paths.manifests, undefined, () => checkSnapshots(context, paths, packs ?? new Map(), findings));
    totals.snapshots += findings.snapshots;
    totals.blocks += findings.blocks;
  }
  return { ok: problems.length === 0, ...totals, problems };
}
