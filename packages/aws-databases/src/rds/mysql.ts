import type { SqlSession } from '../client.js';
import { type ApplicationUser, type Rights, taken } from './sql-steps.js';

/** Names are of letters, digits and underscores: the configuration takes no others. */
const quoted = (name: string): string => `\`${name}\``;

/**
 * Makes the user, which must encrypt, and the database, with all rights on it and none elsewhere. The rights come before the database, which has no owner:
 * with them a rerun knows that the database is its own.
 */
export async function prepareMysql(
  session: SqlSession,
  { user, password, database }: ApplicationUser,
  { mayReplace, isOurs }: Rights,
): Promise<void> {
  const [existing] = await session.query('select user from mysql.user where user = ?', [user]);
  if (existing !== undefined && !isOurs) throw taken('user', user);
  const [schema] = await session.query('select schema_name from information_schema.schemata where schema_name = ?', [database]);
  // An underscore stands for any character there.
  const pattern = database.replaceAll('_', '\\_');
  const [granted] = await session.query('select db from mysql.db where user = ? and db = ?', [user, pattern]);
  if (schema !== undefined && !mayReplace && (existing === undefined || granted === undefined)) throw taken('database', database);
  await session.query('create user if not exists ?@? identified by ? require ssl', [user, '%', password]);
  // Of a user that was left by a provisioner whose secret is gone.
  await session.query('alter user ?@? identified by ? require ssl', [user, '%', password]);
  await session.query(`grant all privileges on ${quoted(pattern)}.* to ?@?`, [user, '%']);
  await session.query(`create database if not exists ${quoted(database)} character set utf8mb4`);
}
