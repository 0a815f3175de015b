import { join } from 'node:path';
import { serverProgram } from './programs.js';
import type { Place, Recipe } from './recipe.js';
import type { ServerOptions, TestServer } from './server.js';
import { startServer } from './start-server.js';
import { runUnprivileged, serverFile } from './unprivileged.js';

/** Starts PostgreSQL; its owner is a superuser. */
export function startPostgres(options: ServerOptions = {}): Promise<TestServer> {
  return startServer(postgres, options);
}

const postgres: Recipe = {
  kind: 'postgres',
  ownerName: 'holdfast',
  ownerSpace: 'postgres',
  // Ends the sessions instead of waiting for them.
  stopSignal: 'SIGINT',
  url: ({ user, host, port, space }) => `postgres://${user}@${host}:${port}/${space}`,
  ping: 'SELECT 1',
  makeSpace: (name, password) =>
    [
      `CREATE ROLE ${name} LOGIN PASSWORD '${password}';`,
      `CREATE DATABASE ${name} OWNER ${name};`,
      `REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC;`,
    ].join('\n'),
  async prepare(place, timeoutMs) {
    await (place.primary === undefined ? initialise(place, timeoutMs) : copyFrom(place.primary, place.folder, timeoutMs));
  },
  command({ folder, owner, certificates }) {
    const settings = {
      listen_addresses: owner.host,
      port: owner.port,
      unix_socket_directories: join(folder, 'data'),
      // The library of the compiler of queries is not brought.
      jit: 'off',
      // In the data folder, which goes with the server: what a killed one leaves in /dev/shm stays there.
      dynamic_shared_memory_type: 'mmap',
      max_connections: 200,
      ...(certificates && { ssl: 'on', ssl_cert_file: certificates.certificateFile, ssl_key_file: certificates.keyFile }),
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return [serverProgram('postgres'), '-D', join(folder, 'data'), ...options];
  },
  client: ({ host, port, user, space, password, caFile }) => ({
    program: 'psql',
    arguments: ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', host, '-p', String(port), '-U', user, '-d', space, '-f', '-'],
    env: { PGPASSWORD: password, ...tlsOf(caFile) },
  }),
  container: {
    image: 'postgres:17',
    port: 5432,
    environment: ({ user, password, space }) => ({ POSTGRES_USER: user, POSTGRES_PASSWORD: password, POSTGRES_DB: space }),
    command: [],
  },
  replication: {
    // The copy of the primary's data that `prepare` made says whom it follows.
    follow: () => '',
    position: 'SELECT pg_current_wal_flush_lsn()',
    progress: (position) => `SELECT pg_last_wal_replay_lsn() >= '${position}'::pg_lsn`,
    reached: (answer) => answer === 't',
    promote: 'SELECT pg_promote(true, 60)',
  },
};

async function initialise({ folder, owner, certificates }: Place, timeoutMs: number): Promise<void> {
  const passwordFile = await serverFile(join(folder, 'password'), owner.password);
  const options = [`--username=${owner.user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-locale', '--encoding=UTF8', '--no-sync'];
  await runUnprivileged([serverProgram('initdb'), '-D', join(folder, 'data'), ...options], folder, timeoutMs);
  const kind = certificates === undefined ? 'host' : 'hostssl';
  const rules = ['all', 'replication'].map((database) => `${kind} ${database} all 127.0.0.1/32 scram-sha-256\n`);
  await serverFile(join(folder, 'data', 'pg_hba.conf'), rules.join(''));
}

async function copyFrom({ owner }: Place, folder: string, timeoutMs: number): Promise<void> {
  const source = ['-h', owner.host, '-p', String(owner.port), '-U', owner.user];
  const options = ['-D', join(folder, 'data'), '--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync'];
  const env = { PGPASSWORD: owner.password, ...tlsOf(owner.caFile) };
  await runUnprivileged([serverProgram('pg_basebackup'), ...source, ...options], folder, timeoutMs, env);
}

function tlsOf(caFile: string | undefined): Record<string, string> {
  return caFile === undefined ? { PGSSLMODE: 'disable' } : { PGSSLMODE: 'verify-full', PGSSLROOTCERT: caFile };
}
