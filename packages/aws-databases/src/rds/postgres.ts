import { setTimeout as delay } from 'node:timers/promises';
import type { SqlSession } from '../client.js';
import { type ApplicationUser, type Rights, taken, unless } from './sql-steps.js';
import { scramVerifier } from './scram.js';

/** Names are of letters, digits and underscores: the configuration takes no others. */
const quoted = (name: string): string => `"${name}"`;

const duplicateObject = '42710';
const duplicateDatabase = '42P04';
/** What the loser of a race for a name in a catalog table of the server is told. */
const uniqueViolation = '23505';

/** Makes the user and its database, which it owns and into which nobody else may connect. */
export async function preparePostgres(
  session: SqlSession,
  { user, password, database }: ApplicationUser,
  { mayReplace, isOurs }: Rights,
): Promise<void> {
  const [role] = await session.query('select 1 from pg_roles where rolname = $1', [user]);
  if (role !== undefined && !isOurs) throw taken('user', user);
  const [there] = await session.query('select pg_get_userbyid(datdba) as owner from pg_database where datname = $1', [database]);
  if (there !== undefined && there['owner'] !== user && !mayReplace) throw taken('database', database);
  const login = `with login password '${scramVerifier(password)}'`;
  const made = role === undefined ? await unless([duplicateObject, uniqueViolation], session, `create role ${quoted(user)} ${login}`) : 'was so';
  if (made === 'was so') await beside(async () => session.query(`alter role ${quoted(user)} ${login}`));
  // An administrator of RDS is no superuser: it gives a database only to those that it is a member of.
  await beside(async () => unless([duplicateObject, uniqueViolation], session, `grant ${quoted(user)} to current_user`));
  await beside(async () => unless([duplicateDatabase, uniqueViolation], session, `create database ${quoted(database)} owner ${quoted(user)}`));
  await beside(async () => session.query(`alter database ${quoted(database)} owner to ${quoted(user)}`));
  await beside(async () => session.query(`revoke all on database ${quoted(database)} from public`));
}

/** `tuple concurrently updated`, and a template that another one copies just now. */
const passing = ['XX000', '55006'];

/** Repeats what another provisioner stood in the way of. */
async function beside<T>(run: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left -= 1) {
    try {
      return await run();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (left === 0 || typeof code !== 'string' || !passing.includes(code)) throw error;
      await delay(100);
    }
  }
}
