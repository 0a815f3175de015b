import type { TestServer } from '../servers/server.js';
import type { DatabaseUser, Endpoint, EndpointSources, MadeDatabase } from './databases/endpoint.js';

/**
 * Endpoints for `startFakeAws` that lead to servers of this machine: a database that is made gets its users, and its own database, on the server of its
 * engine. Redis and Valkey stand for one another, as MySQL and MariaDB do. The creation of one whose engine has no server here fails.
 */
export function endpointsOn(servers: readonly TestServer[]): EndpointSources {
  const source = async (made: MadeDatabase): Promise<Endpoint> => {
    const server = servers.find(({ kind }) => familyOf(kind) === familyOf(made.engine));
    if (server === undefined) throw new Error(`no server of this test is one of ${made.engine}`);
    await server.query(statementsFor(made));
    // Certificates are for names: an address is none to many a client.
    return { host: server.caFile === undefined ? server.host : 'localhost', port: server.port };
  };
  return { rds: source, elasticache: source, memorydb: source };
}

function familyOf(engine: string): string {
  return ({ mariadb: 'mysql', valkey: 'redis' } as Readonly<Record<string, string>>)[engine] ?? engine;
}

function statementsFor({ engine, users, database }: MadeDatabase): string {
  if (familyOf(engine) === 'redis') return users.map(aclOf).join('\n');
  const [master] = users;
  if (master === undefined) return '';
  return familyOf(engine) === 'mysql' ? mysqlStatements(master, database) : postgresStatements(master, database);
}

function aclOf({ name, passwords, accessString = 'on ~* &* +@all' }: DatabaseUser): string {
  const words = passwords.length === 0 ? ['nopass'] : passwords.map((password) => `>${password}`);
  return `ACL SETUSER ${name} reset ${words.join(' ')} ${accessString}`;
}

function mysqlStatements({ name, passwords: [password = ''] }: DatabaseUser, database: string | undefined): string {
  return [
    `CREATE USER IF NOT EXISTS '${name}'@'%' IDENTIFIED BY '${password}';`,
    `ALTER USER '${name}'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO '${name}'@'%' WITH GRANT OPTION;`,
    ...(database === undefined ? [] : [`CREATE DATABASE IF NOT EXISTS \`${database}\`;`]),
  ].join('\n');
}

/** RDS's master is no superuser. A database that is there makes the statement that would make it none. */
function postgresStatements({ name, passwords: [password = ''] }: DatabaseUser, database: string | undefined): string {
  return [
    `SELECT 'CREATE ROLE "${name}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}')\\gexec`,
    `ALTER ROLE "${name}" LOGIN CREATEDB CREATEROLE PASSWORD '${password}';`,
    ...(database === undefined
      ? []
      : [`SELECT 'CREATE DATABASE "${database}" OWNER "${name}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}')\\gexec`]),
  ].join('\n');
}
