import type { Clock, DeploymentConfig, Logger } from '@holdfast/core';
import type { ProcessIdentity } from '../container/process-identity.js';
import type { EngineTools } from '../container/tools.js';
import type { StorageNames } from '../oci/storage-place.js';
import type { RunEnvironment } from '../run/run-environment.js';
import type { Turns } from '../run/turns.js';
import type { ContainerSetup } from './container-setup.js';
import type { DockerApi } from './docker-api.js';
import type { AgentOptions } from './types.js';

/** `unknown`: another machine's catalog may know some. */
export type KnownSnapshots = 'some' | 'none' | 'unknown';

/** What every part of the agent works with. */
export interface AgentContext {
  readonly config: DeploymentConfig;
  readonly options: AgentOptions;
  readonly tools: EngineTools;
  readonly docker: DockerApi;
  readonly identity: ProcessIdentity;
  readonly host: string;
  readonly clock: Clock;
  /** Which of the node's containers take snapshots because their interval is over. */
  readonly snapshotTurns: Turns;
  readonly logger: Logger;
  /** The storage that a container names, opened. Rejects where it cannot be, and with HF_CONTAINER_SETTING where no such storage is attached. */
  readonly environmentOf: (names: StorageNames) => Promise<RunEnvironment>;
  /** What the catalog knows of a job's snapshots, where the storage does not tell. Where it rejects, or does not answer, nothing is known. */
  readonly knownSnapshots: (job: string) => Promise<KnownSnapshots>;
  /** Rejects with HF_JOB_HELD where another container of this agent has the job. */
  readonly assertNotHeldHere: (setup: Pick<ContainerSetup, 'id' | 'job'>) => Promise<void>;
}
