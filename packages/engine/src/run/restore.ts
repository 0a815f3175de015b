import { join } from 'node:path';
import {
  type CheckpointReader,
  type CheckpointStore,
  type CheckpointSummary,
  type Clock,
  type Epoch,
  type EpochHolder,
  HoldfastError,
  type JobState,
  type Logger,
} from '@holdfast/core';
import type { RunningContainer } from '../container/running-container.js';
import { checkOutside, type FilePlaces, ownFolderName, type RestoredFiles, restoreFiles, type TrackedRoot } from '../files/index.js';
import { type MemoryRewrite, rewriteMemory } from '../images/rewrite-memory.js';
import { readRegularFiles } from '../images/regular-files.js';
import { assertFits } from '../preflight/assert-fits.js';
import type { MachineDescription } from '../preflight/machine.js';
import { asHoldfastError } from './as-holdfast-error.js';
import type { RunEventBody } from './events.js';
import type { KeptPlace } from './kept-images.js';
import { progressTeller } from './progress-teller.js';
import { originOf } from './origin-of.js';
import { parseSnapshotMetadata, type SnapshotMetadata } from './snapshot-metadata.js';
import { bringMemory, type MemoryRequest } from './bring-memory.js';
import { type LazyStart, startLazily } from './start-lazily.js';
import type { MemoryFeed } from './memory-feed.js';
import type { ResumeMode, RestorePolicy } from './types.js';

export interface RestoreOptions {
  readonly job: string;
  readonly attempt: string;
  readonly store: CheckpointStore;
  readonly holder: EpochHolder;
  /** What the job was forked from. */
  readonly sources?: JobState['sources'] | undefined;
  readonly policy: RestorePolicy;
  readonly emit: (event: RunEventBody) => void;
  readonly signal: AbortSignal;
  /** Where what is cut off of files outside the roots is saved; default: in the first root that is not the job's own. */
  readonly savedDirectory?: string | undefined;
  readonly stagingDirectory: string;
  /** Where memory images of so many bytes are rebuilt. */
  readonly imagesPlace: (memoryBytes: number) => Promise<KeptPlace>;
  /** That the job is to come back on. */
  readonly machine: MachineDescription;
  readonly treeTool: string;
  readonly exclude: readonly string[];
  readonly logger: Logger;
  readonly clock: Clock;
  /** When its memory comes; `eager` by default. */
  readonly resume?: ResumeMode | undefined;
  /** Of this attempt: the pager's program, where its sockets will be, and how long it waits for a page. Undefined where memory cannot come later. */
  readonly pager?: { readonly program: string; readonly folder: string; readonly patienceMs: number } | undefined;
  /** Words of the job's memory that are others on this machine. */
  readonly rewrites?: readonly MemoryRewrite[] | undefined;
  /** Where a root of the snapshot lies on this machine now. */
  readonly placeRoots: (metadata: SnapshotMetadata) => Promise<readonly TrackedRoot[]>;
  /** Before the first file is touched, of each snapshot that is tried; its memory is whole by then. */
  readonly beforeFiles?: (() => Promise<void>) | undefined;
  /** Of a container with a file system of its own. */
  readonly places?: FilePlaces | undefined;
  readonly start: (snapshot: SnapshotMetadata, roots: readonly TrackedRoot[], imagesDirectory: string, lazy?: LazyStart) => Promise<RunningContainer>;
}

export interface Restored {
  readonly epoch: Epoch;
  readonly container: RunningContainer;
  readonly from: CheckpointSummary;
  readonly metadata: SnapshotMetadata;
  readonly roots: readonly TrackedRoot[];
  readonly files: RestoredFiles;
  /** Where the images lie that it was restored from. */
  readonly images: KeptPlace;
  /** Whether they are the snapshot's, byte for byte. */
  readonly imagesIntact: boolean;
  /** What brings the rest of its memory; undefined where all of it is there. */
  readonly feed?: MemoryFeed | undefined;
  /** Said once the job can be stopped. */
  readonly announcements: readonly RunEventBody[];
}

/**
 * Brings the job back from the newest snapshot that can be, in the order that the policy allows. `epoch` was claimed before, so that nobody else
 * starts the job meanwhile. An older snapshot is claimed only once the job runs from it: where none can be restored, the newest is still the one
 * that the next run tries first. Undefined where the policy says to start afresh. Rejects with HF_RESTORE_REFUSED before anything is changed where
 * a file of the user's stands in the way.
 */
export async function restore(options: RestoreOptions, epoch: Epoch): Promise<Restored | undefined> {
  const { job, store, policy, emit, signal } = options;
  const candidates = (await store.list(job, { signal })).filter(({ eligible }) => eligible);
  for (const [index, candidate] of candidates.entries()) {
    try {
      const restored = await restoreTwice(options, candidate);
      return { ...restored, from: candidate, epoch: await claimIfOlder(options, epoch, candidate, restored.container) };
    } catch (error) {
      const failure = asHoldfastError(error);
      const isLast = index + 1 === candidates.length;
      const next = nextStep(failure, policy, isLast);
      emit({ type: 'restore.failed', snapshot: candidate.number, code: failure.code, message: failure.message, next });
      if (next === 'fail') throw policy === 'fail' || mayPass(failure) ? failure : nothingLeft(job, failure);
    }
  }
  if (policy === 'fresh' || candidates.length === 0) return undefined;
  throw nothingLeft(job, undefined);
}

function nothingLeft(job: string, cause: HoldfastError | undefined): HoldfastError {
  return new HoldfastError('HF_NOTHING_TO_RESTORE', {
    message: `no snapshot of job ${job} could be restored${cause === undefined ? '' : `; the oldest one: ${cause.message}`}`,
    kind: 'corrupt',
    operation: 'restore',
    hint: `holdfast verify ${job} names what is wrong; --fresh starts the job anew, --on-restore-failure fresh does so by itself`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The job runs from an older snapshot than the epoch names: from now on the newer ones are never chosen. Where that cannot be written it must not run. */
async function claimIfOlder(
  { job, store, holder, signal }: RestoreOptions,
  epoch: Epoch,
  candidate: CheckpointSummary,
  container: RunningContainer,
): Promise<Epoch> {
  if (epoch.from?.number === candidate.number) return epoch;
  try {
    return await store.claim(job, holder, { kind: 'checkpoint', number: candidate.number }, { signal });
  } catch (error) {
    await container.dispose();
    throw error;
  }
}

/** What nobody foresaw, such as a killed CRIU, is tried once more before a newer snapshot is given up for it. */
async function restoreTwice(options: RestoreOptions, candidate: CheckpointSummary): ReturnType<typeof restoreOne> {
  try {
    return await restoreOne(options, candidate);
  } catch (error) {
    const failure = asHoldfastError(error);
    if (failure.kind !== 'unexpected' || options.signal.aborted) throw failure;
    options.logger.warn({ job: options.job, snapshot: candidate.number, error: failure.message }, 'a restore failed; trying it once more');
    // What a lazy resume needs may be what this machine lacks.
    return restoreOne({ ...options, resume: 'eager' }, candidate);
  }
}

/**
 * A snapshot is given up for an older one only where it is damaged, or fails twice for no known reason. Everything else is about this machine
 * at this moment: a port that is taken, a program that is missing, a storage that does not answer. It passes, and the newest snapshot is still there.
 */
function mayPass({ kind }: HoldfastError): boolean {
  return kind !== 'corrupt' && kind !== 'unexpected';
}

function memoryBytesOf({ objects }: CheckpointReader): number {
  return objects.reduce((sum, { kind, sizeBytes }) => (kind === 'file' ? sum : sum + sizeBytes), 0);
}

function nextStep(failure: HoldfastError, policy: RestorePolicy, isLast: boolean): 'older' | 'fresh' | 'fail' {
  if (policy === 'fail' || mayPass(failure)) return 'fail';
  if (!isLast) return 'older';
  return policy === 'fresh' ? 'fresh' : 'fail';
}

async function restoreOne(options: RestoreOptions, candidate: CheckpointSummary): Promise<Omit<Restored, 'epoch' | 'from'>> {
  const { store, job, signal, emit, stagingDirectory } = options;
  const startedAt = performance.now();
  const forkedFrom = originOf(candidate, options.sources ?? []);
  emit({ type: 'restore.started', snapshot: candidate.number, forkedFrom, takenAt: candidate.createdAt, logicalBytes: candidate.logicalBytes });
  await using resources = new AsyncDisposableStack();
  const reader: CheckpointReader = resources.use(await store.open(candidate, { signal }));
  const metadata = parseSnapshotMetadata(reader.metadata, job, candidate.number);
  assertFits(metadata.host, options.machine, candidate.number);
  const roots = await options.placeRoots(metadata);
  const memoryBytes = memoryBytesOf(reader);
  const tell = progressTeller(options.clock, (progress) => emit({ type: 'restore.progress', snapshot: candidate.number, ...progress }));
  // Memory first: what is not whole there is found before a file of the user's is moved.
  const memory = await bringMemory(memoryRequest(options, reader, memoryBytes, `restored-${candidate.number}`, tell));
  const { images, lazy } = memory;
  if (memory.eagerReason !== undefined && options.resume === 'lazy')
    emit({ type: 'resume.eager', snapshot: candidate.number, reason: memory.eagerReason });
  const imagesDirectory = join(images.folder, 'images');
  const rewritten = await rewriteAll(imagesDirectory, options);
  const savedName = `before-snapshot-${candidate.number}-${options.clock.now().toISOString().replaceAll(/[:.]/g, '-')}`;
  const [first] = roots.filter(({ private: own }) => !own);
  const tailsDirectory = join(options.savedDirectory ?? first?.hostPath ?? stagingDirectory, ownFolderName, `${savedName}-outside`);
  // What stands in the way outside is refused while everything is as it was.
  const { tails } = await checkOutside(metadata.outsideFiles, { saveDir: tailsDirectory, places: options.places });
  if (tails.length > 0) emit({ type: 'files.moved', folder: tailsDirectory, count: tails.length });
  await options.beforeFiles?.();
  const files = await restoreFiles({
    reader,
    roots,
    exclude: options.exclude,
    treeTool: options.treeTool,
    savedName,
    heldPaths: await readRegularFiles(imagesDirectory),
    logger: options.logger,
    signal,
    onProgress: (bytes, totalBytes) => tell(memory.bytes + bytes, memory.bytes + totalBytes),
  });
  if (files.savedFolder !== undefined) emit({ type: 'files.moved', folder: files.savedFolder, count: files.moved.length });
  const { container, feed } =
    lazy === undefined || options.pager === undefined
      ? { container: await options.start(metadata, roots, imagesDirectory), feed: undefined }
      : await startLazily({
          ...lazy,
          pager: options.pager,
          first: metadata.touched ?? [],
          store,
          candidate,
          emit,
          clock: options.clock,
          logger: options.logger,
          start: (how) => options.start(metadata, roots, imagesDirectory, how),
        });
  // The reader is the feed's by now.
  if (feed !== undefined) resources.move();
  const announcements: RunEventBody[] = [
    {
      type: 'job.resumed',
      pid: container.initPid,
      snapshot: candidate.number,
      forkedFrom,
      restoreMs: Math.round(performance.now() - startedAt),
      restoredFiles: files.restoredFiles,
      restoredBytes: files.bytes,
      missingBytes: feed?.missingBytes,
    },
  ];
  // After a last snapshot the job printed nothing more.
  if (metadata.final !== true)
    announcements.push({ type: 'output.repeats', snapshot: candidate.number, forkedFrom, sinceSnapshotAt: candidate.createdAt });
  return { container, metadata, roots, files, images, imagesIntact: rewritten === 0 && lazy === undefined, feed, announcements };
}

function memoryRequest(
  { resume = 'eager', rewrites = [], imagesPlace, signal, pager }: RestoreOptions,
  reader: CheckpointReader,
  memoryBytes: number,
  name: string,
  onProgress: MemoryRequest['onProgress'],
): MemoryRequest {
  return { reader, mode: resume, pager: pager?.program, rewrites: rewrites.length > 0, memoryBytes, name, imagesPlace, onProgress, signal };
}

async function rewriteAll(imagesDirectory: string, { rewrites = [], signal }: RestoreOptions): Promise<number> {
  let count = 0;
  for (const rewrite of rewrites) count += await rewriteMemory(imagesDirectory, rewrite, { signal });
  return count;
}
