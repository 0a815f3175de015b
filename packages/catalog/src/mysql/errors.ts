import { HoldfastError } from '@holdfast/core';
import { isNetworkError, isTlsError } from '../server/network-errors.js';
import type { FailureClass } from '../sql/flavour.js';

// Numbers of MySQL and MariaDB: https://dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html
const classes = new Map<number, FailureClass>([
  // Another transaction stood in the way.
  ...[
    1020, // row changed since it was read
    1062, // two inserted the same key at once: the second time the later one updates
    1205, // lock wait timeout
    1213, // deadlock
    1615, // statement must be prepared again
    3572, // a lock was not to be waited for
  ].map((errno) => [errno, 'transient'] as const),
  // The server goes away, is no primary any more, or has no room for one more session.
  ...[
    1040, // too many connections
    1053, // shutdown in progress
    1077, // normal shutdown
    1080, // forcing close
    1158, // error reading packets
    1159, // timeout reading packets
    1160, // error writing packets
    1161, // timeout writing packets
    1184, // aborted connection
    1203, // too many connections of this user
    1226, // resource limit of this user
    1290, // runs with --read-only
    1317, // query was interrupted
    1792, // read-only transaction
    1836, // read-only mode
    1927, // connection was killed
    3024, // execution time exceeded
    3032, // offline mode
    3169, // session was killed
    4031, // disconnected because of inactivity
  ].map((errno) => [errno, 'lost'] as const),
  ...[
    1021, // disk full
    1044, // access to the database denied
    1045, // access denied
    1049, // unknown database
    1114, // table is full
    1129, // host is blocked
    1130, // host is not allowed
    1142, // command denied on table
    1143, // column denied
    1227, // a privilege is missing
    1251, // authentication protocol
    1698, // access denied without a password
    1820, // password must be changed
    1862, // password has expired
    3118, // account is locked
    3159, // secure transport required
    3955, // account is locked for a while
  ].map((errno) => [errno, 'unavailable'] as const),
  ...[
    126, // index file crashed
    127, // record file crashed
    1034, // incorrect key file
    1035, // old key file
    1054, // unknown column
    1146, // no such table
    1194, // table is marked as crashed
    1195, // and could not be repaired
    1712, // index is corrupted
    1877, // operation cannot be performed, table is missing or corrupted
  ].map((errno) => [errno, 'corrupt'] as const),
]);

const denied = new Set([1044, 1045, 1251, 1698, 1820, 1862, 3118, 3955]);
/** Of MySQL's schema changes, which are no transactions: an earlier one got so far. */
const alreadyDone = new Set([1050, 1060, 1061, 1091]);

/** Sorts what mysql2, the network and the closed query builder throw. */
export function classifyMysqlError(error: unknown): FailureClass {
  const errno = errnoOf(error);
  const known = errno === undefined ? undefined : classes.get(errno);
  if (known !== undefined) return known;
  if (isTlsError(error)) return 'unavailable';
  if (isNetworkError(error)) return 'lost';
  return error instanceof Error && error.message.includes('driver has already been destroyed') ? 'unavailable' : 'unknown';
}

export function isMysqlDenied(error: unknown): boolean {
  return denied.has(errnoOf(error) ?? 0);
}

export function isAlreadyDone(error: unknown): boolean {
  return alreadyDone.has(errnoOf(error) ?? 0);
}

/** Why the server does not do what was asked, and what the reader can do. */
export function mysqlReason(error: unknown): { readonly words: string; readonly hint: string } | undefined {
  const errno = errnoOf(error) ?? 0;
  if (errno === 1049) return { words: 'is not there', hint: 'Make the database, or correct its name' };
  if (errno === 3159) return { words: 'takes no connection without TLS', hint: "Write 'tls': 'verify' in the catalog's section" };
  if ([1142, 1143, 1227, 1044].includes(errno)) {
    return { words: 'may not be used so by this user', hint: 'Grant the user its rights on the database; docs/catalog.md names them' };
  }
  return undefined;
}

function errnoOf(error: unknown): number | undefined {
  return error instanceof Error && !(error instanceof HoldfastError) && 'errno' in error && typeof error.errno === 'number' && error.errno > 0
    ? error.errno
    : undefined;
}
