import { join } from 'node:path';
import { encodeSealedJson } from '../codec/sealed-json.js';
import { type JobListing, listJob } from '../epoch/job-listing.js';
import { abandonedName, parsePackName, type SnapshotName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import { writeNewFile } from '../files/whole-files.js';
import type { StorageTime } from '../pins/storage-time.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { mayBeInProgress } from './in-progress.js';

/** A snapshot to whose packs nothing was written for so long is taken for broken off. */
const forgottenAfterMs = 86_400_000;

interface Grace {
  readonly time: StorageTime;
  readonly graceMs: number;
}

/**
 * Notes which snapshots will never be committed, because nobody wrote to their packs for a day, and gives the listing that was made *after* the notes:
 * a writer that still lives sees the note after its manifest is there, or its manifest is in this listing. Notes younger than the grace are left out of it. See docs/format.md, "Prune".
 */
export async function abandonSnapshots(
  context: StoreContext,
  paths: JobPaths,
  packs: readonly string[],
  listing: JobListing,
  { time, graceMs }: Grace,
): Promise<JobListing> {
  const young = new Map<number, number>();
  const forgotten: SnapshotName[] = [];
  for (const file of packs) {
    const name = parsePackName(file);
    if (name === undefined || !mayBeInProgress(name, listing)) continue;
    const info = await context.files.inspect(join(paths.packs, file)).catch(() => undefined);
    if (info !== undefined && (await time.isOlder(info.modifiedMs, forgottenAfterMs))) forgotten.push(name);
    else young.set(name.epoch, Math.min(name.number, young.get(name.epoch) ?? Number.MAX_SAFE_INTEGER));
  }
  const abandoned = new Map<number, number>();
  for (const { epoch, number } of forgotten)
    if (number < (young.get(epoch) ?? Number.MAX_SAFE_INTEGER)) abandoned.set(epoch, Math.max(number, abandoned.get(epoch) ?? 0));
  if (abandoned.size === 0) return await withDueNotes(context, paths, listing, { time, graceMs });
  for (const [epoch, number] of abandoned) {
    context.logger.warn({ job: paths.job, epoch, number }, 'a snapshot was broken off more than a day ago: its packs are removed');
    await note(context, paths, epoch, number);
  }
  // Lasting before a pack goes: the writer may be on another machine, whose power is not lost.
  await context.files.syncDirectory(paths.epochs, 'epoch-directory');
  return await withDueNotes(context, paths, await listJob(context, paths), { time, graceMs });
}

/** Packs go once the note is as old as the grace: by then a writer that had looked just before has its manifest, and is seen. */
async function withDueNotes(context: StoreContext, paths: JobPaths, listing: JobListing, { time, graceMs }: Grace): Promise<JobListing> {
  const due = new Map<number, number>();
  for (const [epoch, number] of listing.abandoned) {
    const info = await context.files.inspect(join(paths.epochs, abandonedName(epoch, number))).catch(() => undefined);
    if (info !== undefined && (await time.isOlder(info.modifiedMs, graceMs))) due.set(epoch, number);
  }
  return { ...listing, abandoned: due };
}

/** Of the note only the name counts. */
async function note({ files, clock }: StoreContext, paths: JobPaths, epoch: number, number: number): Promise<void> {
  const content = encodeSealedJson({ version: 1, job: paths.job, epoch, number, abandonedAt: clock.now().toISOString() });
  try {
    await writeNewFile(files, join(paths.epochs, abandonedName(epoch, number)), [content], undefined);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}
