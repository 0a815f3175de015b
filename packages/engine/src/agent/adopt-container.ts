import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { AdoptedContainer } from '../container/adopted/adopted-container.js';
import { untilEnded } from '../container/adopted/init-watch.js';
import { readLastRuncState, type RuncState, readRuncState } from '../container/adopted/runc-state.js';
import { freezerOfFolders } from '../container/cgroup-files.js';
import { Freezer } from '../container/freezer.js';
import { parseMountInfo } from '../container/host-mounts.js';
import type { TrackedRoot } from '../files/index.js';
import { containerUsers } from '../oci/container-users.js';
import { translateOpenFiles } from '../oci/translate-open-files.js';
import type { AgentContext } from './agent-context.js';
import { containerDirectory } from './container-record.js';
import { diagnosisDirectory, keepLogs } from './diagnosis.js';
import { type ContainerSetup, mountpointsOf } from './container-setup.js';

/** The file that CRIU reads at each dump and restore of a container. */
export function criuConfigOf(stateDirectory: string, id: string): string {
  return join(containerDirectory(stateDirectory, id), 'criu.conf');
}

/**
 * The container that runc has made at that place, its program running. With `mayHaveEnded` it may be over: how it ended is then told as of any other. Rejects with
 * HF_JOB_NOT_RUNNING where there is none.
 */
export async function adoptContainer(
  context: AgentContext,
  setup: ContainerSetup,
  roots: readonly TrackedRoot[],
  { mayHaveEnded = false }: { readonly mayHaveEnded?: boolean } = {},
): Promise<AdoptedContainer> {
  const { config, tools, clock, docker } = context;
  const { id, root } = setup;
  const state = await (mayHaveEnded ? readLastRuncState(root, id) : readRuncState(root, id));
  const freezer = state === undefined ? undefined : await freezerOf(context, state);
  if (state === undefined || freezer === undefined) throw notRunning(id);
  const folder = containerDirectory(config.stateDirectory, id);
  // It does not hold up the end of this process.
  const ended = untilEnded(state.init, new AbortController().signal);
  const exitCode = docker.exitCode(id, ended);
  return new AdoptedContainer({
    id,
    init: state.init,
    freezer,
    runc: { tools, root, log: join(folder, 'runc.log') },
    tools,
    criuConfig: criuConfigOf(config.stateDirectory, id),
    helpersFile: join(folder, 'helpers.json'),
    tcp: config.job.tcp,
    roots,
    recordedMounts: [],
    recorded: { version: 1, kind: 'oci', mountpoints: mountpointsOf(setup), users: containerUsers(setup.description), image: setup.image },
    notes: setup.notes,
    clock,
    places: setup.files,
    inMemory: setup.files.inMemory,
    translateOpenFiles: translateOpenFiles(setup.files),
    ...(setup.contract.diagnosis
      ? { onDumped: (work: string) => keepLogs(diagnosisDirectory(config.stateDirectory, setup.job), 'dump', work, clock.now()) }
      : {}),
    exitCode: () => exitCode,
    freezeDeadlineMs: 10_000,
    longestFreezeMs: 30 * 60_000,
  });
}

/** Undefined where runc noted no group of the container's own. */
export async function freezerOf({ clock }: Pick<AgentContext, 'clock'>, { cgroupFolders }: RuncState): Promise<Freezer | undefined> {
  const files = freezerOfFolders(parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8')), cgroupFolders);
  return files === undefined ? undefined : new Freezer(files, clock);
}

function notRunning(id: string): HoldfastError {
  return new HoldfastError('HF_JOB_NOT_RUNNING', {
    message: `container ${id} does not run any more`,
    kind: 'not-found',
    operation: 'agent.adopt',
  });
}
