import type { SchemaChanges } from './schema-changes.js';

/** Pages are read in the order of an index, however far down the list they are. */
export async function indexInListOrder(schema: SchemaChanges): Promise<void> {
  const newest = { column: 'updated_at', order: 'desc' } as const;
  await schema.dropIndex('hf_jobs_by_time', 'hf_jobs');
  await schema.dropIndex('hf_jobs_by_status', 'hf_jobs');
  await schema.createIndex('hf_jobs_newest', 'hf_jobs', [newest, 'job']);
  await schema.createIndex('hf_jobs_newest_of_status', 'hf_jobs', ['status', newest, 'job']);
  await schema.createIndex('hf_jobs_newest_of_repository', 'hf_jobs', ['repository_id', newest, 'job']);
}
