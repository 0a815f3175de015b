import { join } from 'node:path';
import type { Epoch } from '@holdfast/core';
import { listJob } from '../epoch/job-listing.js';
import { listIfThere } from '../files/directories.js';
import {
  manifestName,
  condemnedName,
  pageHashesName,
  parseAbandonedName,
  parseAnySnapshotFile,
  parseEpochName,
  parseTemporaryName,
  sourceNoteName,
} from '../files/names.js';
import { removeIfEmpty } from '../files/remove-directory.js';
import { removeIfThere } from '../files/whole-files.js';
import { removeSourcePin } from '../fork/remove-source-pin.js';
import { type Removals, removeCounted } from '../maintenance/removals.js';
import { forkPinName, parsePinName } from '../pins/pin-name.js';
import { type JobPaths, jobPaths, type StoreContext } from '../repository/store-context.js';

/**
 * Removes every file of epochs up to this one, and pins of the numbers below its first, snapshots first and the epochs last, so that a removal that dies is a job without snapshots. Leaves what a
 * later claim has made, and files that the format does not name. Tells whether the directory is gone.
 */
export async function removeFiles(context: StoreContext, paths: JobPaths, own: Epoch, removals: Removals): Promise<boolean> {
  const { epoch, firstNumber } = own;
  const { files } = context;
  const { condemned, sources } = await listJob(context, paths);
  for (const name of condemned.toReversed().filter((each) => each.epoch < epoch)) {
    // The mark last: without it the snapshot would be there again.
    for (const file of [pageHashesName(name), manifestName(name), condemnedName(name)])
      await removeCounted(context, join(paths.manifests, file), removals);
  }
  await files.syncDirectory(paths.manifests, 'manifest-directory');
  for (const directory of [paths.manifests, paths.packs]) {
    for (const file of await listIfThere(files, directory)) {
      const owner = parseAnySnapshotFile(file);
      if (owner === undefined ? parseTemporaryName(file) !== undefined : owner.epoch <= epoch)
        await removeCounted(context, join(directory, file), removals);
    }
  }
  for (const note of sources.filter((each) => each.epoch <= epoch)) {
    const { pins } = jobPaths(context.root, note.job);
    await removeSourcePin(files, pins, join(pins, forkPinName(note.number, note.epoch, paths.job)));
    await removeIfThere(files, join(paths.epochs, sourceNoteName(note)));
  }
  for (const file of await listIfThere(files, paths.pins)) {
    const pin = parsePinName(parseTemporaryName(file) ?? file);
    // What a later claim commits has no lower number.
    if (pin === undefined ? parseTemporaryName(file) !== undefined : pin.number < firstNumber)
      await removeCounted(context, join(paths.pins, file), removals);
  }
  // As long as the highest epoch is there, no attempt of before can commit; and without these directories none can, either.
  for (const directory of [paths.packs, paths.manifests, paths.pins]) if (!(await removeIfEmpty(files, directory))) return false;
  await removeEpochs(context, paths, epoch);
  return (await removeIfEmpty(files, paths.epochs)) && (await removeIfEmpty(files, paths.directory));
}

/** The highest last. */
async function removeEpochs({ files }: StoreContext, paths: JobPaths, epoch: number): Promise<void> {
  const found = (await listIfThere(files, paths.epochs)).flatMap((file) => {
    const final = parseTemporaryName(file) ?? file;
    const name = parseEpochName(final) ?? parseAbandonedName(final);
    return name !== undefined && name.epoch <= epoch ? [{ file, epoch: name.epoch }] : [];
  });
  found.sort((a, b) => a.epoch - b.epoch || b.file.localeCompare(a.file));
  for (const { file } of found) await removeIfThere(files, join(paths.epochs, file));
}
