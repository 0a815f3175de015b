import { join } from 'node:path';
import { HoldfastError, silentLogger, systemClock } from '@holdfast/core';
import { z } from 'zod';
import { removeContainer } from './cleanup.js';
import type { RestoreContainerOptions } from './container-options.js';
import { assertImageSizes } from './image-sizes.js';
import { isInitName, placeInit } from './init-program.js';
import { launch } from './launch.js';
import { layoutOf, runcRoot } from './layout.js';
import { LiveContainer } from './live-container.js';
import { freezerFor, writeBundle } from './prepare-bundle.js';
import { parseRecordedMounts, placeMounts } from './recorded-mounts.js';
import { relinkLostNames } from './relink.js';
import type { ContainerRecorded, RunningContainer } from './running-container.js';

/**
 * Brings a dumped job back in a new container. Its files must be in place.
 *
 * - Inputs are checked first: images that are not whole reject with kind `corrupt` before anything starts.
 * - Rejects with HF_RESTORE_FAILED and the cause, HF_RESTORE_TIMEOUT or HF_ABORTED; nothing of it is left then but the run folder,
 *   and the images are as they were.
 */
export async function restoreContainer(options: RestoreContainerOptions): Promise<RunningContainer> {
  const { id, tools, runDirectory, stateDirectory, imagesDirectory, clock = systemClock, logger = silentLogger } = options;
  const layout = layoutOf(runDirectory);
  const runc = { tools, root: runcRoot(stateDirectory), log: layout.runcLog };
  const freezer = await freezerFor(id, clock);
  const recorded = parseRecorded(options.recorded);
  const recordedMounts = parseRecordedMounts(options.recordedMounts);
  await assertImageSizes(imagesDirectory);
  await placeInit(join(imagesDirectory, recorded.initName), layout.initFolder, recorded.initName);
  const { mounts, warnings } = await placeMounts(recordedMounts, options.roots, { init: layout.initFolder, missing: layout.missing });
  await writeBundle(options, layout, mounts, recorded.initName);
  const words = ['restore', '--image-path', imagesDirectory, '--work-path', layout.work];
  const deadlineMs = options.deadlineMs ?? 600_000;
  const logs = [join(layout.work, 'restore.log')];
  try {
    await using _links = await relinkLostNames(imagesDirectory, options.roots);
    const launched = await launch({
      options,
      layout,
      runc,
      freezer,
      words,
      operation: 'restore',
      deadlineMs,
      skipStdinBytes: options.skipStdinBytes ?? 0,
      logs,
    });
    logger.debug({ id, pid: launched.initPid, warnings }, 'container restored');
    return new LiveContainer({
      ...launched,
      id,
      freezer,
      runc,
      layout,
      tools,
      clock,
      recordedMounts,
      notes: warnings,
      tcp: options.tcp,
      roots: options.roots,
      recorded,
      freezeDeadlineMs: options.freezeDeadlineMs ?? 10_000,
      longestFreezeMs: options.longestFreezeMs ?? 30 * 60_000,
    });
  } catch (error) {
    await removeContainer(runc, id, freezer.files.folder);
    throw error;
  }
}

const recordedSchema = z.object({ version: z.literal(1), initName: z.string().refine(isInitName) });

function parseRecorded(value: unknown): ContainerRecorded {
  const parsed = recordedSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: `what the snapshot tells of its container is not whole: ${z.prettifyError(parsed.error)}`,
    kind: 'corrupt',
    operation: 'restore',
  });
}
