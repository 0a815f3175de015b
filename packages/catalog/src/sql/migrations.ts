import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { addEventDigests } from './event-digests.js';
import { createFirstTables } from './first-tables.js';
import type { SqlFlavour } from './flavour.js';
import { indexInListOrder } from './list-indexes.js';
import { schemaChanges, type SchemaChanges } from './schema-changes.js';

/**
 * Every version of the schema, oldest first; a name is never changed once it was released.
 * Keys are 255 characters and numbers 64 bits wide, which all of the databases can index.
 */
export function migrations(flavour: SqlFlavour): Readonly<Record<string, Migration>> {
  const step = (change: (schema: SchemaChanges, flavour: SqlFlavour) => Promise<void>): Migration => ({
    up: async (db: Kysely<unknown>) => change(await schemaChanges(db, flavour), flavour),
  });
  return { '0001-first': step(createFirstTables), '0002-list-order': step(indexInListOrder), '0003-event-digests': step(addEventDigests) };
}
