import { mysql } from '@holdfast/catalog/mysql';
import { postgres } from '@holdfast/catalog/postgres';
import { redis } from '@holdfast/catalog/redis';
import { type ServerAccess, startMariadb, startMysql, startPostgres, startRedis, startValkey, type TestServer } from '@holdfast/testkit/servers';
import { fillByCalls, fillBySql } from './fill-server.ts';
import { serverSubject, type ServerSubjectOptions } from './server-subject.ts';
import { sqliteSubject } from './sqlite-subject.ts';
import type { CatalogSubject } from './subject.ts';

export const subjectKinds = ['sqlite', 'mysql', 'mariadb', 'postgres', 'redis', 'valkey'] as const;

export type SubjectKind = (typeof subjectKinds)[number];

/** More than a thousand nodes open with their default pools. */
const mostConnections = 2500;

export async function startSubject(kind: SubjectKind): Promise<CatalogSubject> {
  const atMost = `--max-connections=${mostConnections}`;
  switch (kind) {
    case 'sqlite':
      return sqliteSubject();
    case 'mysql':
      return serverSubject({ kind, start: () => startMysql({ arguments: [atMost] }), ...onMysql });
    case 'mariadb':
      return serverSubject({ kind, start: () => startMariadb({ arguments: [atMost] }), ...onMysql });
    case 'postgres':
      return serverSubject({ kind, start: () => startPostgres({ arguments: ['-c', `max_connections=${mostConnections}`] }), ...onPostgres });
    case 'redis':
      return serverSubject({ kind, start: startRedis, ...onRedis });
    case 'valkey':
      return serverSubject({ kind, start: startValkey, ...onRedis });
  }
}

type Ways = Pick<ServerSubjectOptions, 'plugin' | 'section' | 'connections' | 'fill'>;

const variable = 'HOLDFAST_CATALOG_PASSWORD';

const onMysql: Ways = {
  plugin: (password) => mysql({ environment: { [variable]: password } }),
  section: sqlSection('mysql'),
  connections: (server) => numberIn(server, "SHOW GLOBAL STATUS LIKE 'Threads_connected'"),
  fill: (filling) => fillBySql(filling, '`', 'ANALYZE TABLE'),
};

const onPostgres: Ways = {
  plugin: (password) => postgres({ environment: { [variable]: password } }),
  section: sqlSection('postgres'),
  connections: (server) => numberIn(server, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"),
  fill: (filling) => fillBySql(filling, '"', 'ANALYZE'),
};

const onRedis: Ways = {
  plugin: (password) => redis({ environment: { [variable]: password } }),
  section: ({ host, port, user, space }) => ({ type: 'redis', host, port, user, prefix: space, tls: 'off' }),
  connections: async (server) => Number(/^connected_clients:(\d+)/m.exec(await server.query('INFO clients'))?.[1] ?? Number.NaN),
  fill: fillByCalls,
};

function sqlSection(type: string): (access: ServerAccess) => unknown {
  return ({ host, port, user, space }) => ({ type, host, port, user, database: space, tls: 'off' });
}

async function numberIn(server: TestServer, statement: string): Promise<number> {
  return Number(/\d+/.exec(await server.query(statement))?.[0] ?? Number.NaN);
}
