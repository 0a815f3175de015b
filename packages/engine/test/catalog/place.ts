import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import type { AttemptRecord, CheckpointRecord, CheckpointStore, Clock, JobRecord, MetadataStore } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { steppingClock } from './history.js';

export interface CatalogPlace extends AsyncDisposable {
  readonly folder: string;
  readonly clock: Clock;
  readonly store: CheckpointStore;
  /** The one that heard of everything. */
  readonly catalog: MetadataStore;
  /** Another, empty one; closed with the place. */
  fresh(): Promise<MetadataStore>;
}

export async function catalogPlace(): Promise<CatalogPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-index-'));
  const root = join(folder, 'root');
  await mkdir(root);
  const clock = steppingClock();
  const store = await openRepository({ root, create: true, clock });
  const opened: MetadataStore[] = [];
  const fresh = async (): Promise<MetadataStore> => {
    const catalog = await sqlite().open({ type: 'sqlite', path: join(folder, `catalog-${opened.length}.sqlite`) });
    opened.push(catalog);
    return catalog;
  };
  return {
    folder,
    clock,
    store,
    fresh,
    catalog: await fresh(),
    async [Symbol.asyncDispose]() {
      for (const catalog of opened) await catalog[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface JobContent {
  readonly record: JobRecord;
  readonly attempts: readonly AttemptRecord[];
  readonly checkpoints: readonly CheckpointRecord[];
}

/** All that a catalog says, but for events and leases. */
export async function contentOf(catalog: MetadataStore): Promise<readonly JobContent[]> {
  const { items } = await catalog.listJobs({ limit: 1000 });
  return Promise.all(
    items.map(async (record) => ({
      record,
      attempts: await catalog.listAttempts(record.job),
      checkpoints: (await catalog.listCheckpoints(record.job)).items,
    })),
  );
}
