import { sql } from 'kysely';
import { serverReason } from '../server/server-reason.js';
import type { ServerConfig } from '../server/server-config.js';
import { locationOf } from '../server/location.js';
import type { SqlFlavour } from '../sql/flavour.js';
import { classifyMysqlError, isAlreadyDone, isMysqlDenied, mysqlReason } from './errors.js';

export function mysqlFlavour(config: ServerConfig): SqlFlavour {
  return {
    type: 'mysql',
    location: locationOf(config),
    retryForMs: config.retryForMs,
    nowMs: sql<number>`cast(floor(unix_timestamp(sysdate(6)) * 1000) as signed)`,
    types: { key: (length) => sql`varchar(${sql.lit(length)})`, text: sql`mediumtext`, identity: 'bigint' },
    identity: (column) => column.autoIncrement(),
    tableOptions: async (db) => {
      const { rows } = await sql<{ version: string }>`select version() as version`.execute(db);
      // Both compare bytes, and a blank at the end counts; the older utf8mb4_bin takes 'a' and 'a ' for the same.
      const collation = /mariadb/iu.test(rows[0]?.version ?? '') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
      return sql`engine = InnoDB default character set = utf8mb4 collate = ${sql.raw(collation)}`;
    },
    dropsIndexOfTable: true,
    isAlreadyDone,
    classify: classifyMysqlError,
    corruptHint: 'The catalog can be rebuilt from the repository: use another, empty database',
    unavailable: (error) => mysqlReason(error) ?? serverReason(config, error, isMysqlDenied(error)),
  };
}
