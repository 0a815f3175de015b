import { dirname, join } from 'node:path';
import { familyContainer, familyOptions, familyRecipe, ownerStatements, sqlClient } from './mysql-family.js';
import { serverProgram } from './programs.js';
import type { Recipe } from './recipe.js';
import type { ServerOptions, TestServer } from './server.js';
import { startServer } from './start-server.js';
import { runUnprivileged, serverFile } from './unprivileged.js';

/** Starts MySQL with a binary log and GTIDs, as managed MySQL has it; every commit is synced. */
export function startMysql(options: ServerOptions = {}): Promise<TestServer> {
  return startServer(mysql, options);
}

/** Less memory than by default; nothing that changes what a commit means. */
const small = ['--performance-schema=OFF', '--innodb-buffer-pool-size=64M', '--innodb-redo-log-capacity=32M', '--mysqlx=OFF'];

const mysql: Recipe = {
  kind: 'mysql',
  ...familyRecipe,
  async prepare({ folder, owner }, timeoutMs) {
    // Bootstrap initialised it once: to do that takes MySQL seconds.
    const initialised = join(dirname(serverProgram('mysqld')), '..', 'data');
    await runUnprivileged(['cp', '-rT', '--reflink=auto', initialised, join(folder, 'data')], folder, timeoutMs);
    await serverFile(join(folder, 'init.sql'), ownerStatements(owner));
  },
  command: (place) => [
    serverProgram('mysqld'),
    ...familyOptions(place),
    '--gtid-mode=ON',
    '--enforce-gtid-consistency=ON',
    '--secure-file-priv=',
    ...small,
  ],
  client: (access) =>
    sqlClient(
      'mysql',
      access,
      access.caFile === undefined ? ['--ssl-mode=DISABLED', '--get-server-public-key'] : ['--ssl-mode=VERIFY_IDENTITY', `--ssl-ca=${access.caFile}`],
    ),
  container: familyContainer('mysql:8.4', 'MYSQL'),
  replication: {
    follow: ({ owner }) =>
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${owner.host}', SOURCE_PORT = ${owner.port}, SOURCE_USER = '${owner.user}',
       SOURCE_PASSWORD = '${owner.password}', SOURCE_AUTO_POSITION = 1, SOURCE_CONNECT_RETRY = 1,
       ${owner.caFile === undefined ? 'GET_SOURCE_PUBLIC_KEY = 1' : `SOURCE_SSL = 1, SOURCE_SSL_CA = '${owner.caFile}'`};
       START REPLICA; SET GLOBAL super_read_only = ON;`,
    position: 'SELECT @@global.gtid_executed',
    progress: (position) => `SELECT GTID_SUBSET('${position}', @@global.gtid_executed)`,
    reached: (answer) => answer === '1',
    promote: 'STOP REPLICA; RESET REPLICA ALL; SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF;',
  },
};
