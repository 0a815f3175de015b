import { HoldfastError } from '@holdfast/core';
import type { SqlPort, SqlTarget } from '@holdfast/aws-databases';

/** A server's users and databases, as far as statements name them; it understands what this package says and nothing else. */
export interface FakeSql extends SqlPort {
  /** User to password. */
  readonly users: Map<string, string>;
  readonly databases: Set<string>;
  readonly statements: string[];
}

export function fakeSql(
  administrator: { readonly user: string; readonly password: string },
  accepts: (stored: string, given: string) => boolean,
): FakeSql {
  const users = new Map([[administrator.user, administrator.password]]);
  const databases = new Set<string>();
  const owners = new Map<string, string>();
  const grants = new Set<string>();
  const statements: string[] = [];
  const refuse = (kind: 'permission' | 'not-found'): HoldfastError => new HoldfastError('HF_CLOUD_REFUSED', { kind, message: 'refused' });
  const run = (sql: string, parameters: readonly string[]): Record<string, unknown>[] => {
    statements.push(sql);
    const [first = '', second = '', password = ''] = parameters;
    const named = /["`](\w+)["`]/u.exec(sql)?.[1] ?? '';
    if (/from (pg_database|information_schema)/u.test(sql)) return databases.has(first) ? [{ owner: owners.get(first) }] : [];
    if (sql.includes('from mysql.db')) return grants.has(`${first} ${second}`) ? [{ db: second }] : [];
    if (sql.startsWith('select')) return users.has(first) ? [{ there: 1 }] : [];
    if (/^create user|^alter user/u.test(sql)) users.set(first, password);
    else if (/^create role|^alter role/u.test(sql)) users.set(named, /password '(.*)'$/u.exec(sql)?.[1] ?? '');
    else if (sql.startsWith('create database')) {
      if (databases.has(named) && !sql.includes('if not exists')) throw Object.assign(new Error('there is one'), { code: '42P04' });
      databases.add(named);
      owners.set(named, /owner "(\w+)"/u.exec(sql)?.[1] ?? '');
    } else if (sql.startsWith('grant all')) grants.add(`${first} ${/`(.*)`/u.exec(sql)?.[1] ?? ''}`);
    else if (!/^(grant|revoke|alter database)/u.test(sql)) throw new Error(`what is '${sql}'?`);
    return [];
  };
  return {
    users,
    databases,
    statements,
    connect: async ({ user, password, database }: SqlTarget) => {
      const stored = users.get(user);
      if (stored === undefined || !(stored === password || accepts(stored, password))) throw refuse('permission');
      if (database !== undefined && !databases.has(database)) throw refuse('not-found');
      return {
        query: async (sql, parameters = []) => run(sql, parameters),
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
  };
}
