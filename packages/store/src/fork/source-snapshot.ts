import { viewJob } from '../epoch/job-view.js';
import { checkpointMissing, noSnapshot } from '../errors.js';
import type { SnapshotName } from '../files/names.js';
import type { Manifest } from '../manifest/manifest.js';
import { readManifest } from '../manifest/read-manifest.js';
import { parseJobName } from '../job-name.js';
import { type JobPaths, jobPaths, type StoreContext } from '../repository/store-context.js';

export interface ForkSource {
  readonly job: string;
  /** Undefined for the newest eligible one. */
  readonly number?: number | undefined;
}

export interface FoundSource {
  readonly paths: JobPaths;
  readonly name: SnapshotName;
}

/** Rejects with HF_CHECKPOINT_MISSING. */
export async function findSource(context: StoreContext, from: ForkSource): Promise<FoundSource> {
  const paths = jobPaths(context.root, parseJobName(from.job));
  const { eligible } = await viewJob(context, paths);
  const name = from.number === undefined ? eligible[0] : eligible.find(({ number }) => number === from.number);
  if (name !== undefined) return { paths, name };
  if (from.number === undefined) throw noSnapshot(paths.job);
  throw checkpointMissing(paths.job, from.number, 'is not there, or a later attempt left it behind');
}

/** Reads it where it is still there and not marked. Rejects with HF_CHECKPOINT_MISSING. */
export async function readSource(context: StoreContext, { paths, name }: FoundSource): Promise<Manifest> {
  await findSource(context, { job: paths.job, number: name.number });
  return await readManifest(context, paths, name);
}
