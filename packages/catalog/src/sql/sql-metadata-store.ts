import type { CallOptions, MetadataStore } from '@holdfast/core';
import { checkedStore } from '../calls/checked-store.js';
import { openPatienceMs } from '../calls/open-patience.js';
import { createAttempts } from './attempts.js';
import { createCheckpoints } from './checkpoints.js';
import { createEvents } from './events.js';
import type { SqlFlavour } from './flavour.js';
import { createJobs } from './jobs.js';
import { createLeases } from './leases.js';
import { isUpToDate, migrate } from './migrate.js';
import type { CatalogDatabase } from './schema.js';
import { attempt, createSession } from './session.js';
import { createTotals } from './totals.js';

export interface OpenSqlOptions extends CallOptions {
  /** Another connection to the same database, for changes of the schema: those may take long. Default: the same one. */
  readonly migrationDatabase?: () => CatalogDatabase;
}

/** The store on an SQL database: brings its schema up to date, then answers. Takes the connection over: disposing of the store closes it. */
export async function openSqlMetadataStore(db: CatalogDatabase, flavour: SqlFlavour, options: OpenSqlOptions = {}): Promise<MetadataStore> {
  try {
    await attempt(flavour, 'catalog.open', () => bringUpToDate(db, flavour, options), { ...options, lostForMs: openPatienceMs });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const session = createSession(db, flavour);
  return checkedStore({
    type: flavour.type,
    ...createLeases(session),
    ...createJobs(session),
    ...createAttempts(session),
    ...createCheckpoints(session),
    ...createEvents(session),
    ...createTotals(session),
    // None is known of these servers.
    findings: (call) => session.read('catalog.findings', () => Promise.resolve([]), call),
    [Symbol.asyncDispose]: () => db.destroy(),
  });
}

async function bringUpToDate(db: CatalogDatabase, flavour: SqlFlavour, { migrationDatabase }: OpenSqlOptions): Promise<void> {
  if (await isUpToDate(db, flavour)) return;
  if (migrationDatabase === undefined) return migrate(db, flavour);
  await using other = closing(migrationDatabase());
  await migrate(other.db, flavour);
}

function closing(db: CatalogDatabase): AsyncDisposable & { readonly db: CatalogDatabase } {
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}
