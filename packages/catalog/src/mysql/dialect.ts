import { type Dialect, type Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from 'kysely';
import { type ConnectionPool } from '../server/connection-pool.js';
import { ServerDriver } from '../server/server-driver.js';
import { classifyMysqlError } from './errors.js';

const lockWaitSeconds = 60;

/** The query builder's MySQL over a pool of sessions. */
export function mysqlDialect(pool: ConnectionPool): Dialect {
  return {
    createAdapter: () => new LockingAdapter(),
    createDriver: () => new ServerDriver({ pool, isLost: (error) => classifyMysqlError(error) === 'lost' }),
    createIntrospector: (db) => new MysqlIntrospector(db),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  };
}

/** The builder's own lock is the whole server's, and it goes on without it where it could not be had. */
class LockingAdapter extends MysqlAdapter {
  // oxlint-disable-next-line typescript/no-explicit-any -- the builder's own signature
  override async acquireMigrationLock(db: Kysely<any>): Promise<void> {
    const { rows } = await sql<{ got: unknown }>`select get_lock(${lockName}, ${lockWaitSeconds}) as got`.execute(db);
    if (Number(rows[0]?.got) !== 1) throw new Error(`another process has been changing the catalog's tables for more than ${lockWaitSeconds} s`);
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- the builder's own signature
  override async releaseMigrationLock(db: Kysely<any>): Promise<void> {
    await sql`select release_lock(${lockName})`.execute(db);
  }
}

const lockName = sql`concat('holdfast-', left(sha2(database(), 256), 40))`;
