import type { CallOptions, CheckpointStore, Clock, DeploymentConfig, Logger, MetadataStore } from '@holdfast/core';

export interface SweepOptions {
  readonly store: CheckpointStore;
  readonly catalog: (options: CallOptions) => Promise<MetadataStore>;
  readonly config: Pick<DeploymentConfig, 'retention' | 'lease'>;
  readonly clock: Clock;
  readonly logger: Logger;
}
