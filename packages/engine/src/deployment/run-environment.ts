import { type AttachedStorage, type CheckpointStore, type DeploymentConfig, type Logger, type MetadataStore, systemClock } from '@holdfast/core';
import type { EngineTools } from '../container/tools.js';
import type { JournalPlace } from '../run/catalog-notes.js';
import type { RunEnvironment } from '../run/run-environment.js';

export interface RunEnvironmentParts {
  readonly config: DeploymentConfig;
  readonly attached: AttachedStorage;
  readonly store: CheckpointStore;
  readonly catalog: MetadataStore;
  readonly journal: JournalPlace;
  readonly tools: EngineTools;
  /** Files that are nobody's state, beside Holdfast's own. */
  readonly exclude: readonly string[];
  readonly logger: Logger;
}

/** What a run of this deployment works with. */
export function runEnvironment({ config, attached, store, catalog, journal, tools, exclude, logger }: RunEnvironmentParts): RunEnvironment {
  return {
    store,
    catalog,
    journal,
    stateDirectory: config.stateDirectory,
    memoryDirectory: '/dev/shm',
    plainDiskStaging: config.encryption === undefined || config.encryption.allowPlainDiskStaging,
    storageRoot: attached.root,
    watchTrouble: attached.watchTrouble?.bind(attached),
    exclude: [attached.root, config.stateDirectory, ...exclude],
    tools,
    limits: { ...config.limits },
    leaseTtlMs: config.lease.ttlMs,
    graceMs: config.retention.graceMs,
    clock: systemClock,
    logger,
  };
}
