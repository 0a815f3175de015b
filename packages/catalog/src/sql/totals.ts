import type { CatalogTotals } from '@holdfast/core';
import type { Totals } from '../calls/parts.js';
import { sql } from 'kysely';
import { readCounts } from './rows.js';
import type { CatalogDatabase } from './schema.js';
import type { Session } from './session.js';

export function createTotals(session: Session): Totals {
  return {
    totals: (query = {}, options) => session.read('catalog.totals', (db) => count(db, query.repositoryId), options),
  };
}

async function count(db: CatalogDatabase, repositoryId: string | undefined): Promise<CatalogTotals> {
  let jobs = db.selectFrom('hf_jobs').select((row) => ['status', row.fn.countAll<number>().as('jobs')]);
  let known = db.selectFrom('hf_jobs').select('job');
  if (repositoryId !== undefined) {
    jobs = jobs.where('repository_id', '=', repositoryId);
    known = known.where('repository_id', '=', repositoryId);
  }
  // As a double: a client may take no whole number above 2^53.
  const bytes = sql<number | null>`sum(stored_bytes) * 1e0`;
  const checkpoints = db.selectFrom('hf_checkpoints').where('job', 'in', known);
  const [byStatus, sums] = await Promise.all([
    jobs.groupBy('status').execute(),
    checkpoints.select((row) => [row.fn.countAll<number>().as('snapshots'), bytes.as('stored_bytes')]).execute(),
  ]);
  return readCounts(byStatus, sums);
}
