import { sql } from 'kysely';
import { locationOf } from '../server/location.js';
import type { ServerConfig } from '../server/server-config.js';
import { serverReason } from '../server/server-reason.js';
import type { SqlFlavour } from '../sql/flavour.js';
import { classifyPostgresError, isPostgresDenied, postgresReason } from './errors.js';

export function postgresFlavour(config: ServerConfig): SqlFlavour {
  return {
    type: 'postgres',
    location: locationOf(config),
    retryForMs: config.retryForMs,
    // Not now(): that is the transaction's start, and a lease may have been waited for.
    nowMs: sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`,
    types: { key: (length) => sql`varchar(${sql.lit(length)}) collate "C"`, text: 'text', identity: 'bigint' },
    identity: (column) => column.generatedByDefaultAsIdentity(),
    classify: classifyPostgresError,
    corruptHint: 'The catalog can be rebuilt from the repository: use another, empty database',
    unavailable: (error) => postgresReason(error) ?? serverReason(config, error, isPostgresDenied(error)),
  };
}
