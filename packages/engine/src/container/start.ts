import { readFile } from 'node:fs/promises';
import { bringUp, siteOf } from './bring-up.js';
import type { ContainerOptions } from './container-options.js';
import { parseMountInfo } from './host-mounts.js';
import { hungMountHint, hungSources, leadsToOne } from './hung-mounts.js';
import { initNameOf, placeInit } from './init-program.js';
import { planJobMounts } from './job-mounts.js';
import { writeBundle } from './prepare-bundle.js';
import { recordMounts } from './recorded-mounts.js';
import type { RunningContainer } from './running-container.js';

/**
 * Starts the job in a container of its own.
 *
 * - Resolves when its init runs; a command that cannot be executed ends with 127 or 126 and a sentence on its standard error.
 * - Rejects with HF_START_FAILED and the cause, or HF_ABORTED; nothing of it is left then but the run folder.
 */
export async function startContainer(options: ContainerOptions): Promise<RunningContainer> {
  const site = await siteOf(options);
  const { layout } = site;
  const { init } = options.tools;
  const initName = await initNameOf(init);
  await placeInit(init, layout.initFolder, initName);
  const hostMounts = parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
  const planned = planJobMounts(hostMounts, options.roots, layout.initFolder, options.storageRoot);
  const hung = await hungSources(hostMounts, planned.mounts);
  for (const path of hung) options.warn?.(`the file system at '${path}' does not answer: the job does not see it`, hungMountHint);
  const mounts = planned.mounts.filter(({ source, root }) => root !== undefined || !leadsToOne(source, hung));
  const { notes } = planned;
  await writeBundle(options, layout, mounts, initName);
  const recordedMounts = await recordMounts(mounts);
  const how = { words: ['run'], operation: 'start', deadlineMs: options.deadlineMs ?? 30_000, skipStdinBytes: 0, logs: [] } as const;
  return bringUp(options, site, how, { recordedMounts, recorded: { version: 1, initName }, notes });
}
