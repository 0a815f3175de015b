import { type ErrorKind, HoldfastError, isHoldfastError } from '@holdfast/core';
import { isTlsError } from '../server/network-errors.js';
import type { SessionTarget } from './server-sessions.js';

/** What MySQL and PostgreSQL say where there is no such database. */
const noDatabase: readonly unknown[] = ['ER_BAD_DB_ERROR', '3D000'];
const noRight: readonly unknown[] = ['42501'];

/** Why a session could not begin. Pure. */
export function sessionFailure(
  { engine, host, port, user, database }: Omit<SessionTarget, 'password'>,
  isDenied: boolean,
  error: unknown,
): HoldfastError {
  if (isHoldfastError(error)) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const words = error instanceof Error ? error.message : String(error);
  const kind: ErrorKind = noDatabase.includes(code) ? 'not-found' : isDenied || noRight.includes(code) ? 'permission' : 'unavailable';
  const passes = kind === 'unavailable' && !isTlsError(error);
  return new HoldfastError(kind === 'permission' ? 'HF_CLOUD_DENIED' : kind === 'not-found' ? 'HF_CLOUD_REFUSED' : 'HF_CLOUD_UNAVAILABLE', {
    kind,
    retry: passes ? 'yes' : 'no',
    message: `${engine} at ${host}:${port} gives '${user}' no session${database === undefined ? '' : ` in '${database}'`}: ${words}`,
    hint: isTlsError(error)
      ? "Its certificate is not one that these authorities vouch for: look at 'tlsCaFile'"
      : 'Look whether this machine may reach it: its security group, the route there',
    operation: 'provision.session',
    context: { host, port, user },
    cause: error,
  });
}
