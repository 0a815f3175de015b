import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointRef, Clock, CommitResult } from '@holdfast/core';
import { type LostFile, recordLostNames } from '../container/lost-names.js';
import { refuseHungMounts } from '../container/hung-mounts.js';
import type { RunningContainer } from '../container/running-container.js';
import { createFileCapture, type FileCapture, type OutsideFile, type PreviousTrees, recordOutside } from '../files/index.js';
import { StagedImages } from '../images/staged-images.js';
import { beginSnapshot } from './begin-snapshot.js';
import type { RunContext } from './run-context.js';
import type { SnapshotMetadata } from './snapshot-metadata.js';
import type { KeptImages } from './kept-images.js';
import { putMemory } from './put-memory.js';
import { chooseStaging } from './staging.js';

export interface SnapshotParent {
  readonly ref: CheckpointRef | undefined;
  readonly trees: PreviousTrees | undefined;
  /** The parent's images, while they are kept. */
  readonly images: KeptImages;
}

export interface TakenSnapshot {
  readonly commit: CommitResult;
  readonly trees: PreviousTrees;
  readonly freezeMs: number;
}

/**
 * `thaw`: the job runs on as soon as its state is staged. `end`: it stays frozen until the snapshot is durable, then it is killed. `hold`: it stays frozen,
 * also once the snapshot is durable, until the caller thaws it.
 */
export type AfterFreeze = 'thaw' | 'end' | 'hold';

/**
 * One snapshot from begin to commit. Whatever fails, the job is thawed and goes on, and nothing of the snapshot can be chosen.
 * With `end` and an outcome of `committed` the job is dead when this resolves, with `hold` it is frozen.
 */
export async function takeSnapshot(context: RunContext, last: SnapshotParent, after: AfterFreeze): Promise<TakenSnapshot> {
  const { container, signal } = context;
  const { writer: begun, parent } = await beginSnapshot(context, last);
  await using writer = begun;
  const made: string[] = [];
  const filesDirectory = join(context.staging.diskDirectory, String(writer.ref.number), 'files');
  made.push(filesDirectory);
  try {
    const capture = createFileCapture({
      roots: context.roots,
      parent: parent.trees,
      // Never in memory: nobody knows how much of a job's files changes.
      stagingDir: filesDirectory,
      treeTool: context.tools.tree,
      exclude: context.exclude,
      logger: context.logger,
    });
    // Before the job's open files are looked at: a look at one that hangs never ends.
    await refuseHungMounts(container.initPid);
    // What a process may store to without a trace is left to the freeze, also where it is closed by then.
    await capture.preCopy(writer, { signal, openFiles: await container.openFiles() });
    // Only now: the job may have grown while its files were copied.
    const expectedBytes = await container.memoryBytes();
    await parent.images.makeRoomFor(expectedBytes);
    const staging = await chooseStaging(context.staging, expectedBytes);
    const directory = join(staging.directory, String(writer.ref.number));
    made.push(directory);
    const frozen = await freeze(context, capture, directory, after);
    let held = false;
    try {
      const trees = await capture.finish(writer, { signal });
      const imagesDirectory = join(directory, 'images');
      await recordLostNames(imagesDirectory, frozen.lostFiles, context.roots, trees.trees, container.places);
      await putMemory(writer, new StagedImages(imagesDirectory), parent.images, { signal, emit: context.emit, clock: context.clock });
      const metadata: SnapshotMetadata = {
        version: 1,
        command: [...context.command],
        workingDirectory: context.workingDirectory,
        roots: context.roots.map(({ id, hostPath, destination, private: own }) => ({ id, hostPath, destination, private: own })),
        files: trees.metadata,
        mounts: container.recordedMounts,
        container: container.recorded,
        outsideFiles: frozen.outsideFiles,
        stdin: frozen.stdin,
        freezeMs: frozen.freezeMs,
        final: after === 'end',
        memoryFrom: staging.kind === 'memory' ? 'staged-memory' : 'staged-disk',
        host: context.host,
      };
      if (!(await frozen.drained))
        context.logger.warn({ job: context.job }, 'output that the job wrote before the snapshot is still waiting for its reader');
      const commit = await writer.commit({ ...metadata }, { signal });
      if (after === 'end' && commit.outcome === 'committed') await container.kill();
      if (after !== 'end' && commit.outcome === 'committed') await parent.images.keep({ folder: directory, kind: staging.kind });
      held = after === 'hold' && commit.outcome === 'committed';
      return { commit, trees, freezeMs: frozen.freezeMs };
    } finally {
      if (after !== 'thaw' && !held) await container.thaw();
    }
  } finally {
    for (const folder of made) await rm(folder, { recursive: true, force: true });
  }
}

interface FrozenState {
  readonly lostFiles: readonly LostFile[];
  readonly freezeMs: number;
  readonly outsideFiles: unknown;
  readonly stdin: SnapshotMetadata['stdin'];
  /** Whether what the job had written by then was passed on. */
  readonly drained: Promise<boolean>;
}

/**
 * The part during which the job stands still. CRIU is started before it, up to the point where it looks at the job. Both halves are waited
 * for, also when one fails: nothing may read the job after the thaw.
 */
async function freeze(context: RunContext, capture: FileCapture, directory: string, after: AfterFreeze): Promise<FrozenState> {
  const { container, clock, signal, limits } = context;
  const prepared = await container.prepareDump({
    imagesDir: join(directory, 'images'),
    workDir: join(directory, 'work'),
    deadlineMs: limits.dumpTimeoutMs,
    signal,
  });
  let complete = false;
  const startedAt = clock.monotonicMs();
  try {
    await container.freeze({ signal });
    const [dumped, filed] = await Promise.allSettled([prepared.run(), captureFiles(context, capture)]);
    if (dumped.status === 'rejected') throw dumped.reason;
    if (filed.status === 'rejected') throw filed.reason;
    const stdin = await container.stdin();
    const drained = drain(context);
    await container.assertFrozen();
    complete = true;
    const { lostFiles } = dumped.value;
    return { lostFiles, outsideFiles: filed.value, stdin, drained, freezeMs: await thawed(container, clock, startedAt, after) };
  } finally {
    await prepared.cancel();
    if (!complete) await container.thaw();
  }
}

/** A reader who does not read must not hold the snapshot up for ever. */
const drainDeadlineMs = 10_000;

async function drain({ container, signal }: RunContext): Promise<boolean> {
  try {
    await container.drain({ signal: AbortSignal.any([signal, AbortSignal.timeout(drainDeadlineMs)]) });
    return true;
  } catch {
    return false;
  }
}

/** Time from the freeze to the thaw; for a job that is not thawed, to the moment when it could have been thawed. */
async function thawed(container: RunningContainer, clock: Clock, startedAt: number, after: AfterFreeze): Promise<number> {
  if (after === 'thaw') await container.thaw();
  return clock.monotonicMs() - startedAt;
}

async function captureFiles({ container, roots, signal }: RunContext, capture: FileCapture): Promise<readonly OutsideFile[]> {
  const openFiles = await container.openFiles();
  const [outsideFiles] = await Promise.all([recordOutside(openFiles, roots, container.places), capture.frozen(openFiles, { signal })]);
  return outsideFiles;
}
