import { type CallOptions, HoldfastError, isHoldfastError } from '@holdfast/core';
import type { SqlSession, SqlTarget } from '../client.js';
import type { Connect } from './connect-soon.js';
import { prepareMysql } from './mysql.js';
import { preparePostgres } from './postgres.js';
import type { ApplicationUser } from './sql-steps.js';
import { statementFailure } from './statement-failure.js';

export interface PrepareRequest {
  readonly server: Pick<SqlTarget, 'engine' | 'host' | 'port' | 'caFile'>;
  readonly application: ApplicationUser;
  /** Asked for only where it is needed. */
  readonly administrator: () => Promise<{ readonly user: string; readonly password: string }>;
  /** False where the server is somebody else's: a user or a database of this name is theirs, and is left alone. */
  readonly mayReplace: boolean;
}

interface Login {
  readonly server: PrepareRequest['server'];
  readonly application: Pick<SqlTarget, 'user' | 'password' | 'database'>;
}

/**
 * Sees to it that Holdfast's user can log in and has its database. Idempotent, and harmless beside another that does the same.
 *
 * Tries the user itself first: where that works the administrator's password is not even read.
 */
export async function prepareDatabase(connect: Connect, request: PrepareRequest, call: CallOptions): Promise<void> {
  const { server, application } = request;
  try {
    await prepare(connect, request, call);
  } catch (error) {
    throw statementFailure(error, { engine: server.engine, host: server.host, password: application.password });
  }
}

async function prepare(connect: Connect, request: PrepareRequest, call: CallOptions): Promise<void> {
  const { server, application, mayReplace } = request;
  if (await canLogIn(connect, request, call)) return;
  // A user whom the secret opens is Holdfast's: an earlier run ended between the user and its database.
  const isOurs = mayReplace || (await canLogIn(connect, { ...request, application: { ...application, database: undefined } }, call));
  const { user, password } = await request.administrator();
  await using session = await connect({ ...server, user, password, database: undefined }, call);
  await (server.engine === 'mysql' ? prepareMysql : preparePostgres)(session, application, { mayReplace, isOurs });
  if (await canLogIn(connect, request, call)) return;
  throw new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `The user '${application.user}' of ${server.host} was made and cannot log in to the database '${application.database}'`,
    hint: 'Look at the users of the server: somebody else may have changed this one',
    operation: 'provision.user',
  });
}

/** Asked as the administrator. */
export async function hasDatabase(session: SqlSession, engine: SqlTarget['engine'], database: string): Promise<boolean> {
  const sql =
    engine === 'mysql'
      ? 'select schema_name from information_schema.schemata where schema_name = ?'
      : 'select 1 as there from pg_database where datname = $1';
  return (await session.query(sql, [database])).length > 0;
}

async function canLogIn(connect: Connect, { server, application }: Login, call: CallOptions): Promise<boolean> {
  try {
    await using session = await connect({ ...server, ...application }, call);
    await session.query('select 1');
    return true;
  } catch (error) {
    if (isHoldfastError(error) && (error.kind === 'permission' || error.kind === 'not-found')) return false;
    throw error;
  }
}
