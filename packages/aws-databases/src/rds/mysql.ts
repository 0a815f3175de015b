import type { SqlSession } from '../client.js';
import { type ApplicationUser, taken } from './sql-steps.js';

/** Names are of letters, digits and underscores: the configuration takes no others. */
const quoted = (name: string): string => `\`${name}\``;

/** Makes the user, which must encrypt, and the database, with all rights on it and none elsewhere. */
export async function prepareMysql(
  session: SqlSession,
  { user, password, database }: ApplicationUser,
  { mayReplace }: { readonly mayReplace: boolean },
): Promise<void> {
  const [existing] = await session.query('select user from mysql.user where user = ?', [user]);
  if (existing !== undefined && !mayReplace) throw taken('user', user);
  const [schema] = await session.query('select schema_name from information_schema.schemata where schema_name = ?', [database]);
  if (schema !== undefined && !mayReplace) throw taken('database', database);
  await session.query(`create database if not exists ${quoted(database)} character set utf8mb4`);
  await session.query('create user if not exists ?@? identified by ? require ssl', [user, '%', password]);
  // Of a user that was left by a provisioner whose secret is gone.
  await session.query('alter user ?@? identified by ? require ssl', [user, '%', password]);
  // An underscore stands for any character there.
  await session.query(`grant all privileges on ${quoted(database.replaceAll('_', '\\_'))}.* to ?@?`, [user, '%']);
}
