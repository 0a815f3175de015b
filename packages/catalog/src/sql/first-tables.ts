import type { SqlFlavour } from './flavour.js';
import type { SchemaChanges } from './schema-changes.js';

/** The tables of the first version. */
export async function createFirstTables(schema: SchemaChanges, flavour: SqlFlavour): Promise<void> {
  const { key, text, identity } = flavour.types;
  await schema.createTable('hf_jobs', (table) =>
    table
      .addColumn('job', key(255), (column) => column.primaryKey())
      .addColumn('repository_id', key(255), (column) => column.notNull())
      .addColumn('command', text, (column) => column.notNull())
      .addColumn('working_directory', text, (column) => column.notNull())
      .addColumn('status', key(32), (column) => column.notNull())
      .addColumn('labels', text, (column) => column.notNull())
      .addColumn('created_at', key(32), (column) => column.notNull())
      .addColumn('updated_at', key(32), (column) => column.notNull())
      .addColumn('exit_code', 'integer'),
  );
  await schema.createIndex('hf_jobs_by_time', 'hf_jobs', ['updated_at', 'job']);
  await schema.createIndex('hf_jobs_by_status', 'hf_jobs', ['status', 'updated_at', 'job']);

  await schema.createTable('hf_job_labels', (table) =>
    table
      .addColumn('job', key(255), (column) => column.notNull())
      .addColumn('name', key(255), (column) => column.notNull())
      .addColumn('value', key(255), (column) => column.notNull())
      .addPrimaryKeyConstraint('hf_job_labels_key', ['job', 'name']),
  );
  await schema.createIndex('hf_job_labels_by_value', 'hf_job_labels', ['name', 'value']);

  await schema.createTable('hf_attempts', (table) =>
    table
      .addColumn('job', key(255), (column) => column.notNull())
      .addColumn('attempt', key(255), (column) => column.notNull())
      .addColumn('epoch', 'bigint', (column) => column.notNull())
      .addColumn('host', key(255), (column) => column.notNull())
      .addColumn('pid', 'bigint', (column) => column.notNull())
      .addColumn('started_at', key(32), (column) => column.notNull())
      .addColumn('ended_at', key(32))
      .addColumn('resumed_from', 'bigint')
      .addColumn('outcome', key(32), (column) => column.notNull())
      .addColumn('exit_code', 'integer')
      .addPrimaryKeyConstraint('hf_attempts_key', ['job', 'attempt']),
  );

  await schema.createTable('hf_checkpoints', (table) =>
    table
      .addColumn('job', key(255), (column) => column.notNull())
      .addColumn('number', 'bigint', (column) => column.notNull())
      .addColumn('epoch', 'bigint', (column) => column.notNull())
      .addColumn('attempt', key(255), (column) => column.notNull())
      .addColumn('created_at', key(32), (column) => column.notNull())
      .addColumn('freeze_ms', 'double precision', (column) => column.notNull())
      .addColumn('logical_bytes', 'bigint', (column) => column.notNull())
      .addColumn('stored_bytes', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('hf_checkpoints_key', ['job', 'number']),
  );

  await schema.createTable('hf_events', (table) =>
    table
      .addColumn('id', identity, (column) => flavour.identity(column.primaryKey()))
      .addColumn('job', key(255), (column) => column.notNull())
      .addColumn('attempt', key(255))
      .addColumn('at', key(32), (column) => column.notNull())
      .addColumn('type', key(255), (column) => column.notNull())
      .addColumn('detail', text, (column) => column.notNull()),
  );
  await schema.createIndex('hf_events_by_time', 'hf_events', ['job', 'at', 'id']);

  await schema.createTable('hf_leases', (table) =>
    table
      .addColumn('job', key(255), (column) => column.primaryKey())
      .addColumn('term', 'bigint', (column) => column.notNull())
      .addColumn('attempt', key(255))
      .addColumn('holder', text, (column) => column.notNull())
      .addColumn('acquired_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('expires_at_ms', 'bigint', (column) => column.notNull()),
  );
}
