import type { MetadataStore } from '@holdfast/core';

/** The calls of MetadataStore in the parts that each engine makes them of. */
export type Jobs = Pick<MetadataStore, 'putJob' | 'getJob' | 'listJobs' | 'removeJob'>;

export type Leases = Pick<MetadataStore, 'acquireLease' | 'renewLease' | 'releaseLease' | 'breakLease' | 'currentLease'>;

export type Attempts = Pick<MetadataStore, 'putAttempt' | 'listAttempts'>;

export type Checkpoints = Pick<MetadataStore, 'putCheckpoint' | 'listCheckpoints' | 'removeCheckpoints'>;

export type Events = Pick<MetadataStore, 'appendEvent' | 'listEvents'>;

export type Totals = Pick<MetadataStore, 'totals'>;

export type Findings = Pick<MetadataStore, 'findings'>;
