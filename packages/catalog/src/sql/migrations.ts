import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { SqlFlavour } from './flavour.js';

/**
 * Every version of the schema, oldest first; a name is never changed once it was released.
 * Keys are 255 characters and numbers 64 bits wide, which all of the databases can index.
 */
export function migrations(flavour: SqlFlavour): Readonly<Record<string, Migration>> {
  return { '0001-first': { up: (db: Kysely<unknown>) => createFirstTables(db, flavour) } };
}

async function createFirstTables(db: Kysely<unknown>, flavour: SqlFlavour): Promise<void> {
  await db.schema
    .createTable('hf_jobs')
    .addColumn('job', 'varchar(255)', (column) => column.primaryKey())
    .addColumn('repository_id', 'varchar(255)', (column) => column.notNull())
    .addColumn('command', 'text', (column) => column.notNull())
    .addColumn('working_directory', 'text', (column) => column.notNull())
    .addColumn('status', 'varchar(32)', (column) => column.notNull())
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('created_at', 'varchar(32)', (column) => column.notNull())
    .addColumn('updated_at', 'varchar(32)', (column) => column.notNull())
    .addColumn('exit_code', 'integer')
    .execute();
  await db.schema.createIndex('hf_jobs_by_time').on('hf_jobs').columns(['updated_at', 'job']).execute();
  await db.schema.createIndex('hf_jobs_by_status').on('hf_jobs').columns(['status', 'updated_at', 'job']).execute();

  await db.schema
    .createTable('hf_job_labels')
    .addColumn('job', 'varchar(255)', (column) => column.notNull())
    .addColumn('name', 'varchar(255)', (column) => column.notNull())
    .addColumn('value', 'varchar(255)', (column) => column.notNull())
    .addPrimaryKeyConstraint('hf_job_labels_key', ['job', 'name'])
    .execute();
  await db.schema.createIndex('hf_job_labels_by_value').on('hf_job_labels').columns(['name', 'value']).execute();

  await db.schema
    .createTable('hf_attempts')
    .addColumn('job', 'varchar(255)', (column) => column.notNull())
    .addColumn('attempt', 'varchar(255)', (column) => column.notNull())
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('host', 'varchar(255)', (column) => column.notNull())
    .addColumn('pid', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'varchar(32)', (column) => column.notNull())
    .addColumn('ended_at', 'varchar(32)')
    .addColumn('resumed_from', 'bigint')
    .addColumn('outcome', 'varchar(32)', (column) => column.notNull())
    .addColumn('exit_code', 'integer')
    .addPrimaryKeyConstraint('hf_attempts_key', ['job', 'attempt'])
    .execute();

  await db.schema
    .createTable('hf_checkpoints')
    .addColumn('job', 'varchar(255)', (column) => column.notNull())
    .addColumn('number', 'bigint', (column) => column.notNull())
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('attempt', 'varchar(255)', (column) => column.notNull())
    .addColumn('created_at', 'varchar(32)', (column) => column.notNull())
    .addColumn('freeze_ms', 'double precision', (column) => column.notNull())
    .addColumn('logical_bytes', 'bigint', (column) => column.notNull())
    .addColumn('stored_bytes', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('hf_checkpoints_key', ['job', 'number'])
    .execute();

  await db.schema
    .createTable('hf_events')
    .addColumn('id', 'integer', (column) => flavour.identity(column.primaryKey()))
    .addColumn('job', 'varchar(255)', (column) => column.notNull())
    .addColumn('attempt', 'varchar(255)')
    .addColumn('at', 'varchar(32)', (column) => column.notNull())
    .addColumn('type', 'varchar(255)', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('hf_events_by_time').on('hf_events').columns(['job', 'at', 'id']).execute();

  await db.schema
    .createTable('hf_leases')
    .addColumn('job', 'varchar(255)', (column) => column.primaryKey())
    .addColumn('term', 'bigint', (column) => column.notNull())
    .addColumn('attempt', 'varchar(255)')
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('acquired_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .execute();
}
