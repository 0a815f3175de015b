import { HoldfastError } from '@holdfast/core';
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { SqlFlavour } from './flavour.js';
import { migrations } from './migrations.js';
import type { CatalogDatabase } from './schema.js';

const migrationTable = 'hf_migrations';

/** Whether there is nothing to do. The usual case: one statement, no lock, and no right to change the schema is needed. */
export async function isUpToDate(db: CatalogDatabase, flavour: SqlFlavour): Promise<boolean> {
  try {
    return JSON.stringify(await appliedMigrations(db)) === JSON.stringify(Object.keys(migrations(flavour)));
  } catch (error) {
    // The table is not there, or what is there is no catalog: the migration tells.
    if (['unknown', 'corrupt'].includes(flavour.classify(error))) return false;
    throw error;
  }
}

/** Brings the schema to this version; under the dialect's migration lock, so two that open at once do it once. Refuses a newer schema. */
export async function migrate(db: CatalogDatabase, flavour: SqlFlavour): Promise<void> {
  const known = migrations(flavour);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...known }) },
    migrationTableName: migrationTable,
    migrationLockTableName: 'hf_migration_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  // Where not even these can be read, the first error says more.
  const unknown = (await appliedMigrations(db).catch(() => [])).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) throw error;
  throw new HoldfastError('HF_FORMAT_NEWER', {
    kind: 'newer-format',
    message: `The catalog ${flavour.location} has the schema '${unknown}', which this version of Holdfast does not know`,
    operation: 'catalog.open',
    context: { location: flavour.location },
    hint: 'Use the version of Holdfast that wrote it, or another catalog: it can be rebuilt from the repository',
    cause: error,
  });
}

async function appliedMigrations(db: CatalogDatabase): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(migrationTable)} order by name`.execute(db);
  return rows.map((row) => row.name);
}
