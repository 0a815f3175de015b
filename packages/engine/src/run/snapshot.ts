import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointRef, CommitResult } from '@holdfast/core';
import { recordLostNames } from '../container/lost-names.js';
import { refuseHungMounts } from '../container/hung-mounts.js';
import { uncover } from '../cover/uncover.js';
import { createFileCapture, type PreviousTrees } from '../files/index.js';
import { StagedImages } from '../images/staged-images.js';
import { noTwin } from '../twin/refused.js';
import { beginSnapshot } from './begin-snapshot.js';
import { chooseMemory } from './choose-memory.js';
import { type AfterFreeze, type FrozenState, freezeJob } from './freeze-job.js';
import type { RunContext } from './run-context.js';
import type { MemoryAccount } from './memory-account.js';
import type { SnapshotMetadata } from './snapshot-metadata.js';
import type { KeptImages } from './kept-images.js';
import { putCaptured } from './put-captured.js';
import { chooseStaging } from './staging.js';
import { tryTwice } from './try-twice.js';

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
  readonly memory: MemoryAccount;
}

/**
 * One snapshot from begin to commit. Whatever fails, the job is thawed and goes on, and nothing of the snapshot can be chosen.
 * With `end` and an outcome of `committed` the job is dead when this resolves, with `hold` it is frozen. Memory is read from twins as the setting says; where
 * that fails once the job was frozen, the snapshot is taken a second time, without.
 */
export function takeSnapshot(context: RunContext, last: SnapshotParent, after: AfterFreeze): Promise<TakenSnapshot> {
  return tryTwice(context, (refused) => attempt(context, last, after, refused));
}

/** `refused`: why it is taken without twins, whatever the setting says. */
async function attempt(context: RunContext, last: SnapshotParent, after: AfterFreeze, refused: string | undefined): Promise<TakenSnapshot> {
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
    const source = await chooseMemory(context, after, expectedBytes, refused);
    const stagedBytes = source.twins === undefined ? expectedBytes : Math.min(expectedBytes, await container.memoryBytes({ withoutMemory: true }));
    await parent.images.makeRoomFor(stagedBytes);
    const staging = await chooseStaging(context.staging, stagedBytes);
    const directory = join(staging.directory, String(writer.ref.number));
    made.push(directory);
    const frozen = await freezeJob(context, capture, directory, after, source.twins, parent.ref?.number);
    let [held, kept] = [false, false];
    try {
      const imagesDirectory = join(directory, 'images');
      if (frozen.covered) await uncoverDump(context, imagesDirectory, frozen);
      const { changedFrom, keptTwinRefused, unchanged } = frozen.compared;
      let unreadBytes: number | undefined;
      const storeMemory = async (): Promise<void> => {
        const images = new StagedImages(imagesDirectory, frozen.twins?.pages, unchanged);
        const unread = await putCaptured(context, writer, images, parent.images, frozen.twins?.lost);
        if (changedFrom !== undefined) unreadBytes = unread;
        // What the job writes from here on need not be copied for a twin, nor need there be room for that.
        if (context.keepTwin === 'off') await frozen.twins?.drop();
      };
      // A twin is read before the files are, which stay as they are; names of lost files are an image, and need the tables of all others.
      const isFirst = frozen.lostFiles.length === 0;
      if (isFirst) await storeMemory();
      const trees = await capture.finish(writer, { signal });
      await recordLostNames(imagesDirectory, frozen.lostFiles, context.roots, trees.trees, container.places);
      if (!isFirst) await storeMemory();
      const memory: MemoryAccount = {
        memoryFrom: frozen.twins !== undefined ? 'twin' : staging.kind === 'memory' ? 'staged-memory' : 'staged-disk',
        twinRefused: source.refused,
        coverRefused: frozen.coverRefused,
        changedFrom,
        unreadBytes,
        keptTwinRefused,
      };
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
        ...memory,
        host: context.host,
        touched: context.touched?.(),
      };
      if (!(await frozen.drained))
        context.logger.warn({ job: context.job }, 'output that the job wrote before the snapshot is still waiting for its reader');
      const commit = await writer.commit({ ...metadata }, { signal });
      if (after === 'end' && commit.outcome === 'committed') await container.kill();
      if (after !== 'end' && commit.outcome === 'committed') {
        // What is kept of the snapshot before is not what the next one is compared with.
        if (frozen.twins === undefined) await parent.images.keep({ folder: directory, kind: staging.kind });
        else await parent.images.drop();
        if (context.keepTwin === 'auto') await context.twins.keep(writer.ref.number, frozen.twins, expectedBytes);
        kept = context.twins.isKept(frozen.twins);
      }
      held = after === 'hold' && commit.outcome === 'committed';
      return { commit, trees, freezeMs: frozen.freezeMs, memory };
    } finally {
      if (!kept) await frozen.twins?.drop();
      if (after !== 'thaw' && !held) await container.thaw();
    }
  } finally {
    for (const folder of made) await rm(folder, { recursive: true, force: true });
  }
}

async function uncoverDump({ covers }: RunContext, imagesDirectory: string, { stats }: FrozenState): Promise<void> {
  covers.judge(await stats());
  await uncover(imagesDirectory).catch((error: unknown) => {
    throw noTwin('cover', 'what the dump with a covering parent left out cannot be told', error);
  });
}
