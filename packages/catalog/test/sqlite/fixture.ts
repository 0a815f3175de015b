import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import type { MetadataStore } from '@holdfast/core';
import type { MetadataStoreFixture } from '@holdfast/testkit/metadata-store';

export interface SqliteFixture extends MetadataStoreFixture {
  readonly path: string;
}

/** A database file of one test's own, not made yet. */
export async function sqliteFixture(change: (store: MetadataStore) => MetadataStore = (store) => store): Promise<SqliteFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'hf-catalog-'));
  const path = join(directory, 'below', 'catalog.sqlite');
  return {
    path,
    open: async () => change(await sqlite().open({ type: 'sqlite', path })),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
