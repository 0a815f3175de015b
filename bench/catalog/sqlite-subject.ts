import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqlite } from '@holdfast/catalog/sqlite';
import type { CatalogSubject } from './subject.ts';
import { fillStatements } from './filled-rows.ts';

/** No server and no nodes: one machine's processes share the file. */
export async function sqliteSubject(): Promise<CatalogSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const path = join(folder, 'catalog.sqlite');
  return {
    kind: 'sqlite',
    storePerNode: false,
    open: () => sqlite().open({ type: 'sqlite', path }),
    connections: () => Promise.resolve(undefined),
    fill: async (jobs, snapshotsOfEach) => {
      using database = new DatabaseSync(path);
      for (const statement of fillStatements({ jobs, snapshotsOfEach, quote: '"' })) database.exec(statement);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
