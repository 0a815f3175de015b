import { join } from 'node:path';
import type { ClientCall, ContainerRecipe, Place, Recipe } from './recipe.js';
import type { ServerAccess } from './server.js';

/** What does not differ between MySQL and MariaDB. */
export const familyRecipe: Pick<Recipe, 'ownerName' | 'ownerSpace' | 'stopSignal' | 'url' | 'ping' | 'makeSpace'> = {
  ownerName: 'holdfast',
  ownerSpace: 'holdfast',
  stopSignal: 'SIGTERM',
  url: mysqlUrl,
  ping: 'SELECT 1',
  makeSpace: sqlSpace,
};

/** The official image, whose variables begin with the server's name. */
export function familyContainer(image: string, prefix: string): ContainerRecipe {
  return {
    image,
    port: 3306,
    ownerName: 'root',
    environment: ({ password, space }) => ({ [`${prefix}_ROOT_PASSWORD`]: password, [`${prefix}_DATABASE`]: space }),
    command: [],
  };
}

function mysqlUrl({ user, host, port, space }: Omit<ServerAccess, 'url'>): string {
  return `mysql://${user}@${host}:${port}/${space}`;
}

/** Options that MySQL and MariaDB both know; `prepare` made the folder `data` and the file `init.sql`. */
export function familyOptions({ folder, owner, number, certificates }: Place): readonly string[] {
  const files = { datadir: 'data', socket: 'data/socket', 'pid-file': 'data/pid', tmpdir: 'data', 'init-file': 'init.sql' };
  const tls = certificates && [
    `--ssl-ca=${certificates.caFile}`,
    `--ssl-cert=${certificates.certificateFile}`,
    `--ssl-key=${certificates.keyFile}`,
    '--require-secure-transport=ON',
  ];
  return [
    ...Object.entries(files).map(([option, file]) => `--${option}=${join(folder, file)}`),
    `--port=${owner.port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--server-id=${number}`,
    '--log-bin=binlog',
    '--relay-log=relay',
    '--sync-binlog=1',
    ...(tls ?? []),
  ];
}

export function sqlClient(program: string, access: ServerAccess, tls: readonly string[]): ClientCall {
  const server = ['--protocol=TCP', `--host=${access.host}`, `--port=${access.port}`, `--user=${access.user}`];
  return { program, arguments: [...server, ...tls, '--batch', '--skip-column-names', access.space], env: { MYSQL_PWD: access.password } };
}

/** A user with a database of its own. */
function sqlSpace(name: string, password: string): string {
  return `CREATE DATABASE ${name}; CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'; GRANT ALL ON ${name}.* TO '${name}'@'%';`;
}

/** Statements of a start that go to no binary log: a follower makes its own owner. One a line, as MariaDB wants it. */
export function ownerStatements({ user, password, space }: ServerAccess): string {
  return [
    'SET sql_log_bin = 0;',
    `CREATE DATABASE IF NOT EXISTS ${space};`,
    `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO '${user}'@'%' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}
