import { join } from 'node:path';
import type { CommitResult, Epoch } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core/basics';
import { digestLength } from '../codec/digest.js';
import { highestEpoch, isFenced } from '../epoch/assert-current.js';
import { isAbandoned, listJob } from '../epoch/job-listing.js';
import { snapshotAbandoned, usage } from '../errors.js';
import { parsePageHashesName, type SnapshotName } from '../files/names.js';
import { removeIfThere } from '../files/whole-files.js';
import { type ManifestBody, type ManifestSummary, toCheckpointSummary } from '../manifest/manifest.js';
import { encodeManifest } from '../manifest/manifest-codec.js';
import type { PageHashWriter } from '../manifest/page-hash-writer.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { publishManifest } from './publish-manifest.js';
import { takeBackSnapshot } from './take-back-snapshot.js';

export interface FinishedSnapshot {
  readonly epoch: Epoch;
  readonly name: SnapshotName;
  readonly parent: number | undefined;
  readonly createdAt: string;
  readonly storedBytes: number;
  readonly body: ManifestBody;
  readonly hashes: PageHashWriter;
  /** Where the hashes of each object's pages lie, in the order of the objects. */
  readonly hashOffsets: readonly number[];
  /** Called when from now on the manifest may be there. */
  readonly publishing: () => void;
}

/** The packs are durable: publishes the manifest, then looks whether the epoch is still this attempt's. */
export async function commitSnapshot(context: StoreContext, paths: JobPaths, snapshot: FinishedSnapshot): Promise<CommitResult> {
  const { epoch, name, body } = snapshot;
  const summary: ManifestSummary = {
    repositoryId: context.repositoryId,
    job: paths.job,
    number: name.number,
    epoch: name.epoch,
    attempt: name.attempt,
    parent: snapshot.parent,
    createdAt: snapshot.createdAt,
    logicalBytes: body.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    storedBytes: snapshot.storedBytes,
    from: epoch.from,
    firstNumber: epoch.firstNumber,
  };
  const fenced: CommitResult = { outcome: 'fenced', summary: toCheckpointSummary(summary, false) };
  const listing = await listJob(context, paths);
  if (highestEpoch(listing) > name.epoch) return fenced;
  if (isAbandoned(listing, name)) throw snapshotAbandoned(paths.job, name.number);
  const later = listing.manifests.find(({ epoch, number }) => epoch === name.epoch && number > name.number);
  if (later !== undefined)
    throw usage(
      `Snapshot ${name.number} of job ${paths.job} comes after snapshot ${later.number} was committed`,
      'Commit snapshots in the order in which they were begun',
    );
  const bytes = encodeManifest(summary, body, context.cipher);
  const written = await snapshot.hashes.publish(bytes.subarray(bytes.length - digestLength), snapshot.hashOffsets);
  snapshot.publishing();
  try {
    await publishManifest(context, paths, name, bytes);
  } catch (error) {
    // A prune takes the temporary files of an attempt that was overtaken.
    const isGone = isHoldfastError(error) && error.kind === 'not-found';
    if (isGone && highestEpoch(await listJob(context, paths)) > name.epoch) return fenced;
    throw error;
  }
  const after = await listJob(context, paths);
  if (await isFenced(context, paths, after, name)) return fenced;
  if (isAbandoned(after, name)) {
    // Its packs may be gone. Nobody was told of it; where this does not succeed, a resume finds it damaged and takes the one before.
    await takeBackSnapshot(context, paths, name);
    throw snapshotAbandoned(paths.job, name.number);
  }
  if (written) await removeOldPageHashes(context, paths, name);
  return { outcome: 'committed', summary: toCheckpointSummary(summary, true) };
}

async function removeOldPageHashes(context: StoreContext, paths: JobPaths, newest: SnapshotName): Promise<void> {
  try {
    for (const file of await context.files.list(paths.manifests)) {
      const name = parsePageHashesName(file);
      if (name !== undefined && name.number < newest.number && name.epoch <= newest.epoch)
        await removeIfThere(context.files, join(paths.manifests, file));
    }
  } catch (error) {
    context.logger.warn({ job: paths.job, error }, 'page hashes of older snapshots could not be removed');
  }
}
