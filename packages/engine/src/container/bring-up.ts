import { silentLogger, systemClock } from '@holdfast/core';
import { removeContainer } from './cleanup.js';
import type { ContainerOptions } from './container-options.js';
import { type Launch, launch } from './launch.js';
import { layoutOf, runcRoot } from './layout.js';
import { LiveContainer, type LiveContainerOptions } from './live-container.js';
import { freezerFor } from './prepare-bundle.js';

/** Where a container is to live, and what works on it. */
export type ContainerSite = Pick<LiveContainerOptions, 'layout' | 'runc' | 'freezer'>;

export async function siteOf({ id, tools, runDirectory, stateDirectory, clock = systemClock }: ContainerOptions): Promise<ContainerSite> {
  const layout = layoutOf(runDirectory);
  return { layout, runc: { tools, root: runcRoot(stateDirectory), log: layout.runcLog }, freezer: await freezerFor(id, clock) };
}

/** Has the keeper start or restore what the bundle says. When it rejects, nothing of the container is left but the run folder. */
export async function bringUp(
  options: ContainerOptions,
  site: ContainerSite,
  how: Pick<Launch, 'words' | 'operation' | 'deadlineMs' | 'skipStdinBytes' | 'logs' | 'lazy'>,
  known: Pick<LiveContainerOptions, 'recordedMounts' | 'recorded' | 'notes'>,
): Promise<LiveContainer> {
  const { id, tools, tcp, roots, clock = systemClock, logger = silentLogger } = options;
  try {
    const launched = await launch({ options, ...site, ...how });
    logger.debug({ id, pid: launched.initPid, notes: known.notes }, how.operation === 'start' ? 'container started' : 'container restored');
    return new LiveContainer({
      ...launched,
      lazy: how.lazy !== undefined,
      ...site,
      ...known,
      id,
      tools,
      tcp,
      roots,
      clock,
      freezeDeadlineMs: options.freezeDeadlineMs ?? 10_000,
      longestFreezeMs: options.longestFreezeMs ?? 30 * 60_000,
    });
  } catch (error) {
    await removeContainer(site.runc, id, site.freezer.files.folder);
    throw error;
  }
}
