import { readFile } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core';
import { parseMountInfo } from '../container/host-mounts.js';
import { assertGroupsMountable } from '../oci/assert-groups-mountable.js';
import { type Bundle, readBundle } from '../oci/bundle.js';
import { type CheckpointContract, contractError, parseContract } from '../oci/contract-variables.js';
import { type ContainerFiles, containerFiles } from '../oci/container-files.js';
import type { ContainerImage } from '../oci/container-image.js';
import { jobIdentity } from '../oci/job-identity.js';
import type { AgentContext } from './agent-context.js';

/** Where a container is, as its launcher says. */
export interface ContainerPlace {
  readonly id: string;
  readonly bundle: string;
  /** runc's --root. */
  readonly root: string;
}

/** What is to be done for a container that asks for snapshots. */
export interface ContainerSetup extends ContainerPlace {
  readonly name: string;
  readonly job: string;
  /** What it was made of; undefined where Docker does not tell. */
  readonly image: ContainerImage | undefined;
  readonly contract: CheckpointContract;
  readonly description: Bundle;
  readonly files: ContainerFiles;
  /** What its user should know of, each a sentence. */
  readonly notes: readonly string[];
}

/** A busy Docker is asked again for what a container is called: by another name it would be another job. */
const nameTries = 4;

/**
 * Reads a container's bundle; undefined where that asks for no snapshots. Rejects where it cannot have any, by the container's own doing: HF_CONTAINER_SETTING,
 * HF_CONTAINER_FILES or HF_CONTAINER_BUNDLE.
 */
export async function readSetup(
  { docker, config }: Pick<AgentContext, 'docker' | 'config'>,
  place: ContainerPlace,
  knownName?: string,
): Promise<ContainerSetup | undefined> {
  const description = await readBundle(place.bundle);
  const asked = parseContract(description.environment);
  if (asked.mode === 'off') return undefined;
  if (asked.mode === 'wrong') throw contractError(asked.problems);
  if (description.devices.length > 0) throw withDevices(description.devices);
  const isNamed = knownName !== undefined || ['HOLDFAST_JOB', 'AWS_BATCH_JOB_ID'].some((name) => (description.environment.get(name) ?? '') !== '');
  const told = await docker.describe(place.id, isNamed ? 1 : nameTries);
  const containerName = knownName ?? told.name;
  const { job } = jobIdentity(description.environment, { containerName, namespace: config.agent.namespace });
  const name = containerName ?? place.id;
  const hostMounts = parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
  assertGroupsMountable(description, hostMounts);
  const files = await containerFiles(description, hostMounts, { exclude: asked.contract.exclude });
  return { ...place, name, job, image: told.image, contract: asked.contract, description, files, notes: [...asked.notes, ...files.notes] };
}

/** Where file systems are mounted in the container: a resumed one finds all of them, and no others. */
export function mountpointsOf({ files }: ContainerSetup): readonly string[] {
  return files.mountpoints;
}

function withDevices(devices: readonly string[]): HoldfastError {
  return new HoldfastError('HF_CONTAINER_SETTING', {
    message: `the container has devices of the machine (${devices.slice(0, 3).join(', ')}), whose state is in no snapshot`,
    kind: 'unsupported',
    operation: 'container.setup',
    hint: 'start it without --device and --gpus, or with MMC_CHECKPOINT_MODE=none',
  });
}
