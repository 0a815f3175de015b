import { join } from 'node:path';
import type { RemovalReason } from '@holdfast/core';
import { encodeSealedJson } from '../codec/sealed-json.js';
import { condemnedName, type SnapshotName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import { writeNewFile } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/** `removed`: with its job. `abandoned`: its writer found that it was taken for broken off. */
export type MarkReason = RemovalReason | 'removed' | 'abandoned';

/** Makes the snapshot count as removed. False where it has a mark already, whoever made it. */
export async function writeMark(
  { files, clock }: StoreContext,
  { job, manifests }: JobPaths,
  name: SnapshotName,
  reason: MarkReason,
): Promise<boolean> {
  const { number, epoch, attempt } = name;
  const content = encodeSealedJson({ version: 1, job, number, epoch, attempt, reason, condemnedAt: clock.now().toISOString() });
  try {
    // Not synced: a mark that a loss of power takes is a snapshot that is back, and whole.
    await writeNewFile(files, join(manifests, condemnedName(name)), [content], undefined);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}
