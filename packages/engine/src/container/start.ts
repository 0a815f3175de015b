import { readFile } from 'node:fs/promises';
import { silentLogger, systemClock } from '@holdfast/core';
import { removeContainer } from './cleanup.js';
import type { ContainerOptions } from './container-options.js';
import { parseMountInfo } from './host-mounts.js';
import { initNameOf, placeInit } from './init-program.js';
import { planJobMounts } from './job-mounts.js';
import { launch } from './launch.js';
import { layoutOf, runcRoot } from './layout.js';
import { LiveContainer } from './live-container.js';
import { freezerFor, writeBundle } from './prepare-bundle.js';
import { recordMounts } from './recorded-mounts.js';
import type { RunningContainer } from './running-container.js';

/**
 * Starts the job in a container of its own.
 *
 * - Resolves when its init runs; a command that cannot be executed ends with 127 or 126 and a sentence on its standard error.
 * - Rejects with HF_START_FAILED and the cause, or HF_ABORTED; nothing of it is left then but the run folder.
 */
export async function startContainer(options: ContainerOptions): Promise<RunningContainer> {
  const { id, tools, runDirectory, stateDirectory, clock = systemClock, logger = silentLogger } = options;
  const layout = layoutOf(runDirectory);
  const runc = { tools, root: runcRoot(stateDirectory), log: layout.runcLog };
  const freezer = await freezerFor(id, clock);
  const initName = await initNameOf(tools.init);
  await placeInit(tools.init, layout.initFolder, initName);
  const { mounts, notes } = planJobMounts(parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8')), options.roots, layout.initFolder);
  await writeBundle(options, layout, mounts, initName);
  const recordedMounts = await recordMounts(mounts);
  const deadlineMs = options.deadlineMs ?? 30_000;
  try {
    const launched = await launch({ options, layout, runc, freezer, words: ['run'], operation: 'start', deadlineMs, skipStdinBytes: 0, logs: [] });
    logger.debug({ id, pid: launched.initPid, notes }, 'container started');
    return new LiveContainer({
      ...launched,
      id,
      freezer,
      runc,
      layout,
      tools,
      clock,
      recordedMounts,
      notes,
      tcp: options.tcp,
      roots: options.roots,
      recorded: { version: 1, initName },
      freezeDeadlineMs: options.freezeDeadlineMs ?? 10_000,
      longestFreezeMs: options.longestFreezeMs ?? 30 * 60_000,
    });
  } catch (error) {
    await removeContainer(runc, id, freezer.files.folder);
    throw error;
  }
}
