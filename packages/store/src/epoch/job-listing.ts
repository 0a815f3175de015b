import { listIfThere } from '../files/directories.js';
import {
  condemnedName,
  parseAbandonedName,
  parseAnySnapshotFile,
  parseCondemnedName,
  parseEpochName,
  parseManifestName,
  parseSourceNote,
  type SnapshotName,
  type SourceNote,
} from '../files/names.js';
import { type JobPaths, refuseLinks, type StoreContext } from '../repository/store-context.js';

/** What the names in a job's directories tell, without opening a file. */
export interface JobListing {
  /** Epochs that have a file, ascending. */
  readonly epochs: readonly number[];
  /** Those whose claim is finished: they have the mark or a snapshot. */
  readonly ready: ReadonlySet<number>;
  /** Those with the mark. */
  readonly marked: ReadonlySet<number>;
  readonly ended: ReadonlySet<number>;
  /** Those of which the attempt noted that it began, and that it was over. */
  readonly started: ReadonlySet<number>;
  readonly over: ReadonlySet<number>;
  /** By epoch: up to which number a prune gave up what was not committed by then. */
  readonly abandoned: ReadonlyMap<number, number>;
  /** Newest first; without those that count as removed. */
  readonly manifests: readonly SnapshotName[];
  /** Those that a prune has marked and that are still there, newest first. */
  readonly condemned: readonly SnapshotName[];
  /** What the job was forked from, as the names of notes tell; what it was made from directly comes first. */
  readonly sources: readonly SourceNote[];
}

/** Epochs are listed before manifests, so that no manifest is judged by epochs that are younger than the list of manifests. */
export async function listJob(context: StoreContext, paths: JobPaths): Promise<JobListing> {
  await refuseLinks(context, paths);
  const epochs = new Set<number>();
  const [ready, ended, started, over] = [new Set<number>(), new Set<number>(), new Set<number>(), new Set<number>()];
  const sources: SourceNote[] = [];
  const abandoned = new Map<number, number>();
  for (const file of await listIfThere(context.files, paths.epochs)) {
    const name = parseEpochName(file);
    const note = parseSourceNote(file);
    if (note !== undefined) sources.push(note);
    const broken = parseAbandonedName(file);
    if (broken !== undefined) abandoned.set(broken.epoch, Math.max(broken.number, abandoned.get(broken.epoch) ?? 0));
    if (name !== undefined) ({ epoch: epochs, ready, end: ended, started, over })[name.kind].add(name.epoch);
  }
  const files = await listIfThere(context.files, paths.manifests);
  const there = files.map(parseManifestName).filter((name) => name !== undefined);
  there.sort((a, b) => b.number - a.number || b.epoch - a.epoch);
  const marks = new Set(files.filter((file) => parseCondemnedName(file) !== undefined));
  const isCondemned = (name: SnapshotName): boolean => marks.has(condemnedName(name));
  const marked = new Set(ready);
  // Nobody writes a snapshot before the claim was finished.
  for (const { epoch } of there) ready.add(epoch);
  return {
    epochs: [...epochs].sort((a, b) => a - b),
    ready,
    marked,
    ended,
    started,
    over,
    abandoned,
    manifests: there.filter((name) => !isCondemned(name)),
    condemned: there.filter(isCondemned),
    sources: sources.sort((a, b) => (a.kind === b.kind ? a.number - b.number : a.kind === 'from' ? -1 : 1)),
  };
}

/** True where a prune took the snapshot for broken off, and its packs may be gone. */
export function isAbandoned({ abandoned }: JobListing, { epoch, number }: SnapshotName): boolean {
  return number <= (abandoned.get(epoch) ?? 0);
}

export interface UsedNumbers {
  readonly epoch: number;
  readonly number: number;
}

/** The highest epoch and the highest snapshot number that any file of the job names, leftovers included. */
export async function highestUsed(context: StoreContext, paths: JobPaths, listing: JobListing): Promise<UsedNumbers> {
  let [epoch, number] = [listing.epochs.at(-1) ?? 0, 0];
  for (const directory of [paths.manifests, paths.packs]) {
    for (const file of await listIfThere(context.files, directory)) {
      const name = parseAnySnapshotFile(file);
      epoch = Math.max(epoch, name?.epoch ?? 0);
      number = Math.max(number, name?.number ?? 0);
    }
  }
  return { epoch, number };
}
