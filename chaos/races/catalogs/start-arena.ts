import {
  missingServer,
  type ServerAccess,
  type ServerKind,
  startMariadb,
  startMysql,
  startPostgres,
  startRedis,
  startValkey,
} from '@holdfast/testkit/servers';
import type { Arena } from './arena.ts';
import { redisClusterArena } from './redis-cluster-arena.ts';
import { serverArena } from './server-arena.ts';
import { sqliteArena } from './sqlite-arena.ts';

export const arenaKinds = ['sqlite', 'mysql', 'mariadb', 'postgres', 'redis', 'redis-cluster', 'valkey'] as const;

export type ArenaKind = (typeof arenaKinds)[number];

export function isArenaKind(name: string): name is ArenaKind {
  return (arenaKinds as readonly string[]).includes(name);
}

/** Why a catalog of this kind cannot be had on this machine; undefined where it can. */
export function missingArena(kind: ArenaKind): string | undefined {
  if (kind === 'sqlite') return undefined;
  const server: ServerKind = kind === 'redis-cluster' ? 'redis' : kind;
  return missingServer(server);
}

/** Starts what the catalog needs. */
export async function startArena(kind: ArenaKind, folder: string): Promise<Arena> {
  switch (kind) {
    case 'sqlite':
      return sqliteArena(folder);
    case 'mysql':
      return serverArena({ kind, start: startMysql, type: 'mysql', section: sqlSection('mysql') });
    case 'mariadb':
      return serverArena({ kind, start: startMariadb, type: 'mysql', section: sqlSection('mysql') });
    case 'postgres':
      return serverArena({ kind, start: startPostgres, type: 'postgres', section: sqlSection('postgres') });
    case 'redis':
      return serverArena({ kind, start: startRedis, type: 'redis', section: redisSection });
    case 'valkey':
      return serverArena({ kind, start: startValkey, type: 'redis', section: redisSection });
    case 'redis-cluster':
      return redisClusterArena(redisSection);
  }
}

/** So that attempts go on without a catalog that does not answer. */
const impatient = { connectTimeout: '1s', queryTimeout: '1s', retryFor: '300ms' };

function sqlSection(type: string): (access: ServerAccess, port: number) => unknown {
  return ({ host, user, space }, port) => ({
    type,
    host,
    port,
    user,
    database: space,
    tls: 'off',
    ...impatient,
  });
}

function redisSection({ host, user, space }: ServerAccess, port: number): unknown {
  return { type: 'redis', host, port, user, prefix: space, tls: 'off', ...impatient };
}
