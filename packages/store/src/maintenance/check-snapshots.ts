import { join } from 'node:path';
import { isEligible } from '../epoch/eligibility.js';
import { viewJob } from '../epoch/job-view.js';
import { listIfThere } from '../files/directories.js';
import { isGone } from '../files/is-gone.js';
import { manifestName, parseCondemnedName, parseManifestName, parsePageHashesName, parseTemporaryName, type SnapshotName } from '../files/names.js';
import type { Manifest } from '../manifest/manifest.js';
import { readManifest } from '../manifest/read-manifest.js';
import { RepositoryReader } from '../read/checkpoint-reader.js';
import { pinToRead } from '../pins/read-pin.js';
import { assertSame } from '../repository/assert-same.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { CheckedPack } from './check-packs.js';
import { type Findings, noting } from './findings.js';

/**
 * Reads every manifest and rebuilds every object of every snapshot that can be chosen, but for windows that are known from the snapshot before in this
 * order: the same pages of the same blocks under the same hash. One that is pruned meanwhile is passed over.
 */
export async function checkSnapshots(
  context: StoreContext,
  paths: JobPaths,
  packs: ReadonlyMap<string, CheckedPack>,
  findings: Findings,
): Promise<void> {
  for (const file of await listIfThere(context.files, paths.manifests)) {
    if (parseManifestName(file) ?? parseCondemnedName(file) ?? parsePageHashesName(file) ?? parseTemporaryName(file)) continue;
    context.logger.info({ job: paths.job, file }, 'an unknown file lies among the manifests');
  }
  const view = await viewJob(context, paths);
  let verified: Manifest | undefined;
  for (const name of view.manifests) {
    findings.advance(0);
    const file = join(paths.manifests, manifestName(name));
    findings.snapshots += 1;
    // A prune removes the manifest first: while it is there, so is whatever it needs.
    const pruned = async (): Promise<boolean> => {
      if (!(await isGone(context.files, file))) return false;
      // Where the mount went away, everything is gone.
      await assertSame(context);
      context.logger.info({ job: paths.job, number: name.number }, 'a snapshot was removed while it was verified');
      findings.snapshots -= 1;
      return true;
    };
    const check = (): Promise<Manifest | undefined> => checkSnapshot(context, paths, name, isEligible(view.lineage, name), verified, findings);
    verified = (await noting(findings, file, name.number, check, pruned)) ?? verified;
  }
  for (const [file, { whole }] of packs) {
    if (!whole) context.logger.info({ job: paths.job, file }, 'a pack was not finished or is damaged');
  }
}

/** Gives the manifest where all that it needs is right; `verified` is one of which that is known. */
async function checkSnapshot(
  context: StoreContext,
  paths: JobPaths,
  name: SnapshotName,
  eligible: boolean,
  verified: Manifest | undefined,
  { advance, memory }: Findings,
): Promise<Manifest | undefined> {
  await using _pin = await pinToRead(context, paths, name.number, 'verify');
  const manifest = await readManifest(context, paths, name);
  await using reader = new RepositoryReader(context, manifest, eligible, memory);
  // What an attempt left behind may lack its packs: nobody restores it.
  if (!eligible) return undefined;
  await reader.verifySince(verified, { onProgress: () => advance(0) });
  return manifest;
}
