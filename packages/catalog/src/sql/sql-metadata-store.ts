import type { CallOptions, MetadataStore } from '@holdfast/core';
import { createAttempts } from './attempts.js';
import { createCheckpoints } from './checkpoints.js';
import { createEvents } from './events.js';
import type { SqlFlavour } from './flavour.js';
import { createJobs } from './jobs.js';
import { createLeases } from './leases.js';
import { migrate } from './migrate.js';
import type { CatalogDatabase } from './schema.js';
import { attempt, createSession } from './session.js';

/** The store on an SQL database: brings its schema up to date, then answers. Takes the connection over: disposing of the store closes it. */
export async function openSqlMetadataStore(db: CatalogDatabase, flavour: SqlFlavour, options?: CallOptions): Promise<MetadataStore> {
  try {
    await attempt(flavour, 'catalog.open', () => migrate(db, flavour), options);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const session = createSession(db, flavour);
  return {
    type: flavour.type,
    ...createLeases(session),
    ...createJobs(session),
    ...createAttempts(session),
    ...createCheckpoints(session),
    ...createEvents(session),
    [Symbol.asyncDispose]: () => db.destroy(),
  };
}
