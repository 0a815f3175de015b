import type { DeploymentConfig } from '@holdfast/core';
import { inheritedStreams } from '../container/keeper.js';
import type { CompleteRequest } from '../run/run-environment.js';
import type { ContainerSetup } from './container-setup.js';

/** A container as a run is asked for. Its environment stays where it is. */
export function requestOf({ job, description, contract }: ContainerSetup, config: DeploymentConfig): CompleteRequest {
  const [program = '', ...words] = description.args;
  return {
    job,
    command: [program, ...words],
    workingDirectory: description.workingDirectory,
    environment: {},
    track: [],
    intervalMs: contract.intervalMs,
    keep: config.job.keep,
    fresh: false,
    from: undefined,
    here: false,
    onRestoreFailure: config.job.onRestoreFailure,
    resume: config.job.resume,
    tcp: config.job.tcp,
    memory: config.job.memory,
    keepTwin: config.job.keepTwin,
    coverMemory: config.job.coverMemory,
    labels: {},
    streams: inheritedStreams,
  };
}
