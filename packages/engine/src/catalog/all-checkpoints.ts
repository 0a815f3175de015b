import type { CallOptions, CheckpointRecord, MetadataStore } from '@holdfast/core';

const pageSize = 1000;

/** All that the catalog has of a job's snapshots, page by page. */
export async function allCheckpoints(catalog: MetadataStore, job: string, options: CallOptions): Promise<readonly CheckpointRecord[]> {
  const all: CheckpointRecord[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await catalog.listCheckpoints(job, cursor === undefined ? { limit: pageSize } : { limit: pageSize, cursor }, options);
    all.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined) return all;
  }
}
