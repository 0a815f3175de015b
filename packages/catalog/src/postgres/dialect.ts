import { type Dialect, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { ConnectionPool } from '../server/connection-pool.js';
import { ServerDriver } from '../server/server-driver.js';
import { classifyPostgresError } from './errors.js';

/** The query builder's PostgreSQL over a pool of sessions. */
export function postgresDialect(pool: ConnectionPool): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new ServerDriver({ pool, isLost: (error) => classifyPostgresError(error) === 'lost' }),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}
