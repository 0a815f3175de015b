import { join } from 'node:path';
import { listJob } from '../epoch/job-listing.js';
import { readEnd, readEpoch, readReady } from '../epoch/read-epoch.js';
import { readNote } from '../epoch/epoch-note.js';
import { corrupt } from '../errors.js';
import { listIfThere } from '../files/directories.js';
import { epochFileName, parseAbandonedName, parseEpochName, parseSourceNote, parseTemporaryName } from '../files/names.js';
import { readTombstones } from '../removal/tombstone.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { type Findings, noting } from './findings.js';

/** A file with an absurd number in its name is told often enough. */
const toldLimit = 100;

/** Every epoch file is read; none may be missing of those since the name was removed the last time. */
export async function checkEpochs(context: StoreContext, paths: JobPaths, findings: Findings): Promise<void> {
  for (const file of await listIfThere(context.files, paths.epochs)) {
    findings.advance(0);
    const name = parseEpochName(file);
    if (name === undefined) {
      if ((parseTemporaryName(file) ?? parseSourceNote(file) ?? parseAbandonedName(file)) === undefined)
        context.logger.info({ job: paths.job, file }, 'an unknown file lies among the epochs');
      continue;
    }
    const read = { epoch: readEpoch, ready: readReady, end: readEnd, started: readNote.started, over: readNote.over }[name.kind];
    await noting(findings, join(paths.epochs, file), undefined, async () => {
      await read(context, paths, name.epoch);
    });
  }
  const listing = await listJob(context, paths);
  const highest = Math.max(0, ...listing.epochs, ...listing.ready, ...listing.ended);
  const present = new Set(listing.epochs);
  // A fork is there with its manifest; the mark comes after it.
  const forked = new Set(listing.sources.map(({ epoch }) => epoch));
  // Read only now: an epoch that a removal took from this listing is below what it had left before.
  const removed = await noting(findings, paths.tombstones, undefined, () => readTombstones(context, paths));
  let told = 0;
  for (let epoch = (removed?.epoch ?? highest) + 1; epoch <= highest && told < toldLimit; epoch += 1) {
    const missing = present.has(epoch) ? undefined : epochFileName(epoch, 'epoch');
    const unready =
      present.has(epoch) && !listing.marked.has(epoch) && listing.ready.has(epoch) && !forked.has(epoch) ? epochFileName(epoch, 'ready') : undefined;
    const file = missing ?? unready;
    if (file === undefined) continue;
    told += 1;
    await noting(findings, join(paths.epochs, file), undefined, () =>
      Promise.reject(corrupt('HF_EPOCH_CORRUPT', join(paths.epochs, file), 'it is missing')),
    );
  }
}
