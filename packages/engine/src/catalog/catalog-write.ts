import type { AttemptRecord, CallOptions, CheckpointRecord, EventRecord, JobRecord, MetadataStore } from '@holdfast/core';

/** What an attempt tells the catalog, as data: so that it can be kept where the catalog does not answer. Nothing of it is secret. */
export type CatalogWrite =
  | { readonly write: 'job'; readonly record: JobRecord }
  /** Whoever holds this epoch knows that attempts of earlier ones that are noted as running are dead. */
  | { readonly write: 'lost'; readonly job: string; readonly epoch: number; readonly at: string }
  | { readonly write: 'attempt'; readonly record: AttemptRecord }
  | { readonly write: 'snapshot'; readonly record: CheckpointRecord }
  | { readonly write: 'pruned'; readonly job: string; readonly numbers: readonly number[] }
  | { readonly write: 'event'; readonly record: EventRecord };

export function jobOf(entry: CatalogWrite): string {
  return 'record' in entry ? entry.record.job : entry.job;
}

export async function applyWrite(catalog: MetadataStore, entry: CatalogWrite, options: CallOptions = {}): Promise<void> {
  switch (entry.write) {
    case 'job':
      return await catalog.putJob(entry.record, options);
    case 'lost':
      return await markLost(catalog, entry, options);
    case 'attempt':
      return await catalog.putAttempt(entry.record, options);
    case 'snapshot':
      return await catalog.putCheckpoint(entry.record, options);
    case 'pruned':
      return await catalog.removeCheckpoints(entry.job, entry.numbers, options);
    case 'event':
      return await catalog.appendEvent(entry.record, options);
  }
}

async function markLost(catalog: MetadataStore, { job, epoch, at }: Extract<CatalogWrite, { write: 'lost' }>, options: CallOptions): Promise<void> {
  for (const attempt of await catalog.listAttempts(job, options)) {
    if (attempt.outcome === 'running' && attempt.epoch < epoch) await catalog.putAttempt({ ...attempt, outcome: 'lost', endedAt: at }, options);
  }
}
