import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointRef, type CheckpointWriter, type CommitResult, HoldfastError } from '@holdfast/core';
import type { RunningContainer } from '../container/running-container.js';
import { createFileCapture, type FrozenFiles, type PreviousTrees, recordOutside } from '../files/index.js';
import { StagedImages } from '../images/staged-images.js';
import type { RunContext } from './run-context.js';
import type { SnapshotMetadata } from './snapshot-metadata.js';
import { chooseStaging } from './staging.js';

export interface SnapshotParent {
  readonly ref: CheckpointRef | undefined;
  readonly trees: PreviousTrees | undefined;
}

export interface TakenSnapshot {
  readonly commit: CommitResult;
  readonly trees: PreviousTrees;
  readonly freezeMs: number;
}

/** `thaw`: the job runs on as soon as its state is staged. `end`: it stays frozen until the snapshot is durable, then it is killed. */
export type AfterFreeze = 'thaw' | 'end';

/**
 * One snapshot from begin to commit. Whatever fails, the job is thawed and goes on, and nothing of the snapshot can be chosen.
 * With `end` and an outcome of `committed` the job is dead when this resolves.
 */
export async function takeSnapshot(context: RunContext, parent: SnapshotParent, after: AfterFreeze): Promise<TakenSnapshot> {
  const { store, epoch, container, signal } = context;
  await using writer = await store.begin(epoch, parent.ref, { signal });
  const expectedBytes = await container.memoryBytes();
  const staging = await chooseStaging(context.staging, expectedBytes, context.attempt);
  const directory = join(staging.directory, String(writer.ref.number));
  try {
    const capture = createFileCapture({
      roots: context.roots,
      parent: parent.trees,
      stagingDir: join(directory, 'files'),
      treeTool: context.tools.tree,
      exclude: context.exclude,
      logger: context.logger,
    });
    await capture.preCopy(writer, { signal });
    const frozen = await freeze(context, capture, directory, after);
    try {
      const images = new StagedImages(join(directory, 'images'));
      for (const object of await images.objects()) await writer.put(object, { signal });
      const trees = await capture.finish(writer, { signal });
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
        memoryFrom: staging.kind === 'memory' ? 'staged-memory' : 'staged-disk',
        host: context.host,
      };
      await container.drain();
      const commit = await writer.commit(metadata, { signal });
      if (after === 'end' && commit.outcome === 'committed') await container.kill();
      return { commit, trees, freezeMs: frozen.freezeMs };
    } finally {
      if (after === 'end') await container.thaw();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface FrozenState {
  readonly freezeMs: number;
  readonly outsideFiles: unknown;
  readonly stdin: SnapshotMetadata['stdin'];
}

/** The part during which the job stands still. Both halves are waited for, also when one fails: nothing may read the job after the thaw. */
async function freeze(
  context: RunContext,
  capture: ReturnType<typeof createFileCapture>,
  directory: string,
  after: AfterFreeze,
): Promise<FrozenState> {
  const { container, clock, signal, limits } = context;
  const startedAt = clock.monotonicMs();
  let complete = false;
  await container.freeze();
  try {
    const [dumped, filed] = await Promise.allSettled([
      container.dump({ imagesDir: join(directory, 'images'), workDir: join(directory, 'work'), deadlineMs: limits.dumpTimeoutMs, signal }),
      captureFiles(container, context, capture),
    ]);
    if (dumped.status === 'rejected') throw dumped.reason;
    if (filed.status === 'rejected') throw filed.reason;
    const stdin = await container.stdin();
    await container.assertFrozen();
    complete = true;
    const freezeMs = clock.monotonicMs() - startedAt;
    return { freezeMs, outsideFiles: filed.value.outsideFiles, stdin };
  } finally {
    if (after === 'thaw' || !complete) await container.thaw();
  }
}

async function captureFiles(
  container: RunningContainer,
  context: RunContext,
  capture: ReturnType<typeof createFileCapture>,
): Promise<{ readonly outsideFiles: unknown }> {
  const openFiles = await container.openFiles();
  const [outsideFiles] = await Promise.all([recordOutside(openFiles, context.roots), capture.frozen(openFiles, { signal: context.signal })]);
  return { outsideFiles };
}
