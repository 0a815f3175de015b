import { join } from 'node:path';
import { MalformedBytes } from '../codec/byte-reader.js';
import { checkpointMissing, corrupt } from '../errors.js';
import { manifestName, type SnapshotName } from '../files/names.js';
import { readWholeFile } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { Manifest, ManifestSummary } from './manifest.js';
import { decodeManifest } from './manifest-codec.js';

export const manifestLimitBytes: number = 1 << 30;

/** Reads a manifest and checks that it is the one its name says. Rejects with `not-found`, `corrupt` or `newer-format`. */
export async function readManifest(context: StoreContext, paths: JobPaths, name: SnapshotName): Promise<Manifest> {
  const path = join(paths.manifests, manifestName(name));
  const tooLarge = (size: number): Error => corrupt('HF_MANIFEST_CORRUPT', path, `it has ${size} bytes`);
  const bytes = await readWholeFile(context.files, path, manifestLimitBytes, tooLarge);
  if (bytes === undefined) throw checkpointMissing(paths.job, name.number, 'is not there');
  try {
    const manifest = decodeManifest(path, bytes, context.cipher);
    checkIdentity(context.repositoryId, paths.job, name, manifest.summary);
    return manifest;
  } catch (error) {
    if (error instanceof MalformedBytes) throw corrupt('HF_MANIFEST_CORRUPT', path, error.message, error);
    throw error;
  }
}

function checkIdentity(repositoryId: string, job: string, name: SnapshotName, summary: ManifestSummary): void {
  if (summary.repositoryId !== repositoryId) throw new MalformedBytes('it belongs to another repository');
  if (summary.job !== job) throw new MalformedBytes(`it belongs to the job ${JSON.stringify(summary.job)}`);
  if (summary.number !== name.number || summary.epoch !== name.epoch || summary.attempt !== name.attempt) {
    throw new MalformedBytes(`it is snapshot ${summary.number} of epoch ${summary.epoch}`);
  }
}
