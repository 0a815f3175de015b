import { delimiter, join } from 'node:path';
import type { ServerKind } from './server.js';
import { isExecutable } from '../is-executable.js';

/** What else tests start: the S3 server, the client of JuiceFS, AWS's control plane. Each has a variable of its own, which names the program. */
export type StorageProgram = 'minio' | 'juicefs' | 'moto_server';

const variableOf: Readonly<Record<StorageProgram, string>> = { minio: 'HOLDFAST_MINIO', juicefs: 'HOLDFAST_JUICEFS', moto_server: 'HOLDFAST_MOTO' };

const programsOf: Readonly<Record<ServerKind | StorageProgram, readonly string[]>> = {
  mysql: ['mysqld', 'mysql'],
  mariadb: ['mariadbd', 'mariadb', 'mariadb-install-db'],
  postgres: ['postgres', 'initdb', 'psql', 'pg_basebackup'],
  redis: ['redis-server', 'redis-cli'],
  valkey: ['valkey-server', 'valkey-cli'],
  minio: ['minio'],
  juicefs: ['juicefs'],
  moto_server: ['moto_server'],
};

/**
 * Why a kind of server cannot be started here, as a sentence for a skipped test; undefined where it can be. In CI it is always
 * undefined: there the test runs, and fails by what is missing.
 */
export function missingServer(kind: ServerKind | StorageProgram): string | undefined {
  if (process.env['CI'] === 'true') return undefined;
  const program = programsOf[kind].find((each) => findServerProgram(each) === undefined);
  return program === undefined ? undefined : sentence(program);
}

/** Where bootstrap put a program of a server. Throws where it did not. */
export function serverProgram(program: string): string {
  const path = findServerProgram(program);
  if (path === undefined) throw new Error(sentence(program));
  return path;
}

function sentence(program: string): string {
  return `the test server's program ${program} is not in ${variable(program) ?? 'HOLDFAST_SERVERS'}: script/bootstrap --for test brings it, or says why it cannot`;
}

function variable(program: string): string | undefined {
  return Object.entries(variableOf).find(([name]) => name === program)?.[1];
}

/** Undefined where bootstrap did not put it there. */
export function findServerProgram(program: string): string | undefined {
  const own = variable(program);
  if (own !== undefined) return [process.env[own] ?? ''].find((path) => path !== '' && isExecutable(path));
  const folders = (process.env['HOLDFAST_SERVERS'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find((path) => isExecutable(path));
}
