import type { MetadataStore } from '@holdfast/core';

export interface PageTimes {
  /** One a page, in their order. */
  readonly jobsMs: readonly number[];
  /** The snapshots of one job of each page. */
  readonly snapshotsMs: readonly number[];
  readonly jobs: number;
  readonly snapshots: number;
}

const limit = 100;

/** Lists all jobs page by page, and of each page one job's snapshots. */
export async function listPages(store: MetadataStore): Promise<PageTimes> {
  const jobsMs: number[] = [];
  const snapshotsMs: number[] = [];
  let [jobs, snapshots] = [0, 0];
  for (let cursor: string | undefined; ; ) {
    const startedAt = performance.now();
    const page = await store.listJobs({ limit, ...(cursor === undefined ? {} : { cursor }) });
    const listedAt = performance.now();
    jobsMs.push(listedAt - startedAt);
    jobs += page.items.length;
    const [first] = page.items;
    if (first !== undefined) {
      snapshots += (await store.listCheckpoints(first.job)).items.length;
      snapshotsMs.push(performance.now() - listedAt);
    }
    cursor = page.nextCursor;
    if (cursor === undefined) return { jobsMs, snapshotsMs, jobs, snapshots };
  }
}
