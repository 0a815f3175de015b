import { isNetworkError, isTlsError } from '../server/network-errors.js';
import type { FailureClass } from '../sql/flavour.js';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const classes = new Map<string, FailureClass>([
  ['23505', 'transient'], // unique_violation: two inserted the same key at once; the second time the later one updates
  ['40001', 'transient'], // serialization_failure
  ['40P01', 'transient'], // deadlock_detected
  ['55P03', 'transient'], // lock_not_available
  ['25006', 'lost'], // read_only_sql_transaction: it is no primary any more
  ['25P03', 'lost'], // idle_in_transaction_session_timeout
  ['53300', 'lost'], // too_many_connections
  ['57014', 'lost'], // query_canceled, by its time
  ['57P01', 'lost'], // admin_shutdown
  ['57P02', 'lost'], // crash_shutdown
  ['57P03', 'lost'], // cannot_connect_now
  ['57P04', 'unavailable'], // database_dropped
  ['57P05', 'lost'], // idle_session_timeout
  ['3D000', 'unavailable'], // invalid_catalog_name
  ['42501', 'unavailable'], // insufficient_privilege
  ['42P01', 'corrupt'], // undefined_table
  ['42703', 'corrupt'], // undefined_column
  ['XX001', 'corrupt'], // data_corrupted
  ['XX002', 'corrupt'], // index_corrupted
]);
const classesOfKinds = new Map<string, FailureClass>([
  ['08', 'lost'], // connection exception
  ['28', 'unavailable'], // invalid authorization
  ['53', 'unavailable'], // insufficient resources
  ['58', 'unavailable'], // system error
]);

/** Sorts what pg, the network and the closed query builder throw. */
export function classifyPostgresError(error: unknown): FailureClass {
  const state = stateOf(error);
  const known = classes.get(state) ?? classesOfKinds.get(state.slice(0, 2));
  if (known !== undefined) return known;
  if (isTlsError(error) || isPostgresDenied(error)) return 'unavailable';
  if (isNetworkError(error)) return 'lost';
  return error instanceof Error && error.message.includes('driver has already been destroyed') ? 'unavailable' : 'unknown';
}

/** The client itself refuses to answer a server's challenge with an empty password. */
export function isPostgresDenied(error: unknown): boolean {
  return stateOf(error).startsWith('28') || (error instanceof Error && error.message.startsWith('SASL:'));
}

/** Why the server does not do what was asked, and what the reader can do. */
export function postgresReason(error: unknown): { readonly words: string; readonly hint: string } | undefined {
  const state = stateOf(error);
  if (state === '3D000') return { words: 'is not there', hint: 'Make the database, or correct its name' };
  if (state === '42501') {
    return { words: 'may not be used so by this user', hint: 'Grant the user its rights on the database; docs/catalog.md names them' };
  }
  if (error instanceof Error && /no pg_hba\.conf entry/u.test(error.message)) {
    return {
      words: 'does not let this machine in',
      hint: "Look at the server's pg_hba.conf; where it wants encryption, write 'tls': 'verify' in the catalog's section",
    };
  }
  return undefined;
}

function stateOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/u.test(error.code) ? error.code : '';
}
