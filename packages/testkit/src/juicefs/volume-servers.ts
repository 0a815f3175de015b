import { startMariadb } from '../servers/mariadb.js';
import { type MinioServer, startMinio } from '../servers/minio.js';
import { startMysql } from '../servers/mysql.js';
import { startPostgres } from '../servers/postgres.js';
import { startRedis } from '../servers/redis.js';
import type { ServerAccess, ServerKind, ServerOptions, TestServer } from '../servers/server.js';
import { startValkey } from '../servers/valkey.js';

const starts: Readonly<Record<ServerKind, (options: ServerOptions) => Promise<TestServer>>> = {
  mysql: startMysql,
  mariadb: startMariadb,
  postgres: startPostgres,
  redis: startRedis,
  valkey: startValkey,
};

/** Real servers for one volume of JuiceFS and the catalog beside it. */
export interface VolumeServers extends AsyncDisposable {
  readonly minio: MinioServer;
  readonly database: TestServer;
  /** For the volume's metadata: a database of its own, empty. */
  readonly metadata: ServerAccess;
  /** For the catalog, in the same server. */
  readonly catalog: ServerAccess;
}

/** Starts MinIO and a database; the options are the database's. */
export async function startVolumeServers(metadata: ServerKind, options: ServerOptions = {}): Promise<VolumeServers> {
  await using cleanup = new AsyncDisposableStack();
  const starting = [startMinio(), starts[metadata](options)] as const;
  for (const each of await Promise.allSettled(starting)) if (each.status === 'fulfilled') cleanup.use(each.value);
  const [minio, database] = await Promise.all(starting);
  const [volume, catalog] = await spaces(database);
  const held = cleanup.move();
  return { minio, database, metadata: volume, catalog, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** JuiceFS prefixes no key by a name, so of Redis each gets a number, as its owner. */
async function spaces(database: TestServer): Promise<readonly [ServerAccess, ServerAccess]> {
  if (database.kind !== 'redis' && database.kind !== 'valkey') return [await database.fresh(), await database.fresh()];
  const { host, port, user, password, space, caFile, url } = database;
  const numbered = (number: number): ServerAccess => ({ host, port, user, password, space, caFile, url: url.replace(/\/0$/, `/${number}`) });
  return [numbered(1), numbered(0)];
}
