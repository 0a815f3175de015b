import type { ServerAccess } from '@holdfast/testkit/servers';
import { type Expression, Kysely, sql } from 'kysely';
import { mysqlClient } from '../../src/mysql/client.js';
import { mysqlDialect } from '../../src/mysql/dialect.js';
import { postgresClient } from '../../src/postgres/client.js';
import { postgresDialect } from '../../src/postgres/dialect.js';
import { connector } from '../../src/server/connect.js';
import { createConnectionPool } from '../../src/server/connection-pool.js';
import { serverConfigSchema } from '../../src/server/server-config.js';
import type { CatalogDatabase, CatalogTables } from '../../src/sql/schema.js';
import { type ServerUnderTest, sectionOf } from './test-servers.js';

/** The database below the store. */
export function databaseOf({ kind, plugin }: ServerUnderTest, access: ServerAccess): AsyncDisposable & { readonly db: CatalogDatabase } {
  const type = plugin().type;
  const config = serverConfigSchema(type, 1).parse(sectionOf(plugin(), access));
  const sources = { environment: { HOLDFAST_CATALOG_PASSWORD: access.password } };
  const pool = createConnectionPool(connector(kind === 'postgres' ? postgresClient : mysqlClient, config, sources), config);
  const db = new Kysely<CatalogTables>({ dialect: kind === 'postgres' ? postgresDialect(pool) : mysqlDialect(pool) });
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}

/** Has the database run a query and tell how. */
export async function planOf(kind: string, db: CatalogDatabase, query: Expression<unknown>): Promise<string> {
  const { rows } = await sql`${sql.raw(explain(kind))} ${query}`.execute(db);
  return JSON.stringify(rows);
}

/** Runs it and tells what was read. */
function explain(kind: string): string {
  if (kind === 'postgres') return 'explain (analyze, format json)';
  return kind === 'mysql' ? 'explain analyze' : 'analyze format=json';
}

/** The most rows that one step of a plan read. */
export function mostRows(kind: string, plan: string): number {
  const form =
    kind === 'postgres'
      ? /Actual Rows\\?":\s*(\d+)|Rows Removed by Filter\\?":\s*(\d+)/gu
      : kind === 'mysql'
        ? /actual time=[\d.]+ rows=([\d.e+]+)/gu
        : /r_rows\\?":\s*([\d.]+)/gu;
  const numbers = [...plan.matchAll(form)].map(([, first, second]) => Number(first ?? second));
  if (numbers.length === 0) throw new Error(`no plan: ${plan}`);
  return Math.max(...numbers);
}
