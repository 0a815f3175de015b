import { join } from 'node:path';
import { familyContainer, familyOptions, familyRecipe, ownerStatements, sqlClient } from './mysql-family.js';
import { serverProgram } from './programs.js';
import type { Recipe } from './recipe.js';
import type { ServerOptions, TestServer } from './server.js';
import { startServer } from './start-server.js';
import { runUnprivileged, serverFile } from './unprivileged.js';

/** Starts MariaDB with a binary log and GTIDs; every commit is synced. Its URL is one of MySQL. */
export function startMariadb(options: ServerOptions = {}): Promise<TestServer> {
  return startServer(mariadb, options);
}

const small = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M'];

const mariadb: Recipe = {
  kind: 'mariadb',
  ...familyRecipe,
  async prepare({ folder, owner }, timeoutMs) {
    const options = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve', `--datadir=${join(folder, 'data')}`];
    // What is made here need not outlive the machine.
    const fast = ['--innodb-flush-method=nosync', '--debug-no-sync'];
    await runUnprivileged([serverProgram('mariadb-install-db'), ...options, ...small, ...fast], folder, timeoutMs);
    await serverFile(join(folder, 'init.sql'), ownerStatements(owner));
  },
  command: (place) => [
    serverProgram('mariadbd'),
    ...familyOptions(place),
    '--gtid-strict-mode=ON',
    '--log-slave-updates=ON',
    '--innodb-flush-log-at-trx-commit=1',
    ...small,
  ],
  client: (access) =>
    sqlClient('mariadb', access, access.caFile === undefined ? ['--skip-ssl'] : ['--ssl-verify-server-cert', `--ssl-ca=${access.caFile}`]),
  container: familyContainer('mariadb:10.11', 'MARIADB'),
  replication: {
    follow: ({ owner }) =>
      `CHANGE MASTER TO MASTER_HOST = '${owner.host}', MASTER_PORT = ${owner.port}, MASTER_USER = '${owner.user}',
       MASTER_PASSWORD = '${owner.password}', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1
       ${owner.caFile === undefined ? '' : `, MASTER_SSL = 1, MASTER_SSL_VERIFY_SERVER_CERT = 1, MASTER_SSL_CA = '${owner.caFile}'`};
       START SLAVE; SET GLOBAL read_only = ON;`,
    position: 'SELECT @@global.gtid_binlog_pos',
    progress: (position) => `SELECT MASTER_GTID_WAIT('${position}', 1)`,
    reached: (answer) => answer === '0',
    promote: 'STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = OFF;',
  },
};
