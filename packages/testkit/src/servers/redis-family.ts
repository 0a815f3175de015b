import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { serverProgram } from './programs.js';
import type { Place, Recipe } from './recipe.js';
import type { ServerAccess } from './server.js';
import { serverFile } from './unprivileged.js';

/** How errors begin. The client ends well whatever the server answers to commands of its standard input. */
const refusal = /^(ERR|NOPERM|NOAUTH|WRONGPASS|WRONGTYPE|READONLY|LOADING|MASTERDOWN|NOREPLICAS|MISCONF|EXECABORT|NOSCRIPT|MOVED|ASK|CLUSTERDOWN) /m;

/** Redis and Valkey, which differ in their names. Every write is synced, nothing is evicted, and only a user with a password is let in. */
export function redisRecipe(kind: 'redis' | 'valkey', { clustered }: { readonly clustered: boolean } = { clustered: false }): Recipe {
  return {
    kind,
    ownerName: 'holdfast',
    ownerSpace: '',
    stopSignal: 'SIGTERM',
    url: ({ user, host, port, caFile }) => `${caFile === undefined ? 'redis' : 'rediss'}://${user}@${host}:${port}/0`,
    ping: 'PING',
    makeSpace: (name, password) => `ACL SETUSER ${name} on >${password} ~${name}:* &${name}:* +@all -@admin -@dangerous +info\nACL SAVE`,
    async prepare(place) {
      const lines = [...configuration(place), ...(clustered ? clusterSettings(place, await freePort()) : [])];
      await serverFile(join(place.folder, 'server.conf'), `${lines.join('\n')}\n`);
      await serverFile(usersOf(place), place.primary === undefined ? ownUsers(place.owner) : await readFile(usersOf(place.primary), 'utf8'));
    },
    command: ({ folder }) => [serverProgram(`${kind}-server`), join(folder, 'server.conf')],
    client: ({ host, port, user, password, caFile }: ServerAccess) => ({
      program: `${kind}-cli`,
      arguments: [
        '--no-auth-warning',
        ...(clustered ? ['-c'] : []),
        '-h',
        host,
        '-p',
        String(port),
        '--user',
        user,
        ...(caFile === undefined ? [] : ['--tls', '--cacert', caFile]),
      ],
      env: { REDISCLI_AUTH: password },
    }),
    failed: (output, errors) => errors !== '' || refusal.test(output),
    container: {
      image: kind === 'redis' ? 'redis:7' : 'valkey/valkey:8.1',
      port: 6379,
      environment: () => ({}),
      command: [`${kind}-server`, '--aclfile', '/data/users.acl', '--appendonly', 'yes', '--appendfsync', 'always'],
      files: (owner) => ({ '/data/users.acl': ownUsers(owner) }),
    },
    replication: {
      follow: ({ owner }) => `REPLICAOF ${owner.host} ${owner.port}`,
      position: 'INFO replication',
      progress: () => 'INFO replication',
      reached: (answer, position) => answer.includes('master_link_status:up') && offset(answer) >= offset(position),
      promote: 'REPLICAOF NO ONE',
    },
  };
}

/** The server rewrites it when a user is added. */
function usersOf({ folder }: Place): string {
  return join(folder, 'data', 'users.acl');
}

/**
 * The default user is off, but keeps every right: while a server reads its append-only file it looks at that user's, and leaves out
 * transactions and what scripts wrote (redis/redis#14541, valkey-io/valkey#3983).
 */
function ownUsers({ user, password }: ServerAccess): string {
  return `user default off ~* &* +@all\nuser ${user} on >${password} ~* &* +@all\n`;
}

function configuration(place: Place): string[] {
  const { folder, owner, certificates } = place;
  const tls = certificates && [
    `port 0`,
    `tls-port ${owner.port}`,
    `tls-cert-file ${certificates.certificateFile}`,
    `tls-key-file ${certificates.keyFile}`,
    `tls-ca-cert-file ${certificates.caFile}`,
    'tls-auth-clients no',
    'tls-replication yes',
  ];
  return [
    'bind 127.0.0.1',
    `dir ${join(folder, 'data')}`,
    ...(tls ?? [`port ${owner.port}`]),
    'appendonly yes',
    'appendfsync always',
    'save ""',
    'maxmemory-policy noeviction',
    `aclfile ${usersOf(place)}`,
    `masteruser ${owner.user}`,
    `masterauth ${owner.password}`,
    'repl-diskless-sync-delay 0',
  ];
}

/** By default the nodes talk on a port of their own far above, which may be an outgoing connection's. */
function clusterSettings({ certificates }: Place, busPort: number): string[] {
  return ['cluster-enabled yes', `cluster-port ${busPort}`, 'cluster-node-timeout 2000', `tls-cluster ${certificates === undefined ? 'no' : 'yes'}`];
}

/** How much of the stream of writes a server has, of its answer to INFO. */
function offset(answer: string): number {
  return Number(/^(?:slave|master)_repl_offset:(\d+)/m.exec(answer)?.[1] ?? Number.NaN);
}
