import { TimeoutError } from 'tarn';
import { expect, test } from 'vitest';
import { classifyMysqlError, isMysqlDenied } from '../../src/mysql/errors.js';
import { classifyPostgresError, isPostgresDenied } from '../../src/postgres/errors.js';
import { DeadlineError } from '../../src/server/connection.js';
import { serverConfigSchema } from '../../src/server/server-config.js';
import { serverReason } from '../../src/server/server-reason.js';

const mysqlError = (errno: number) => Object.assign(new Error('words'), { errno, code: 'ER_X' });
const postgresError = (code: string) => Object.assign(new Error('words'), { code });
const nodeError = (code: string) => Object.assign(new Error('words'), { code, errno: -111 });

test.each([
  [1213, 'transient'],
  [1205, 'transient'],
  [1062, 'transient'],
  [1290, 'lost'],
  [1836, 'lost'],
  [1040, 'lost'],
  [1053, 'lost'],
  [1045, 'unavailable'],
  [1049, 'unavailable'],
  [1146, 'corrupt'],
  [1064, 'unknown'],
])('MySQL’s error %i is %s', (errno, expected) => {
  expect(classifyMysqlError(mysqlError(errno))).toBe(expected);
});

test.each([
  ['40001', 'transient'],
  ['40P01', 'transient'],
  ['55P03', 'transient'],
  ['23505', 'transient'],
  ['25006', 'lost'],
  ['53300', 'lost'],
  ['57P01', 'lost'],
  ['57P03', 'lost'],
  ['08006', 'lost'],
  ['28P01', 'unavailable'],
  ['3D000', 'unavailable'],
  ['53100', 'unavailable'],
  ['42P01', 'corrupt'],
  ['XX002', 'corrupt'],
  ['42601', 'unknown'],
])('PostgreSQL’s error %s is %s', (state, expected) => {
  expect(classifyPostgresError(postgresError(state))).toBe(expected);
});

test.each([
  [nodeError('ECONNREFUSED'), 'lost'],
  [nodeError('ECONNRESET'), 'lost'],
  [nodeError('ENOTFOUND'), 'lost'],
  [new AggregateError([nodeError('ECONNREFUSED')]), 'lost'],
  [new DeadlineError('late'), 'lost'],
  [new TimeoutError('operation timed out for an unknown reason'), 'lost'],
  [new Error('Connection terminated unexpectedly'), 'lost'],
  [nodeError('SELF_SIGNED_CERT_IN_CHAIN'), 'unavailable'],
  [nodeError('ERR_TLS_CERT_ALTNAME_INVALID'), 'unavailable'],
  [nodeError('HANDSHAKE_SSL_ERROR'), 'unavailable'],
  [new Error('The server does not support SSL connections'), 'unavailable'],
  [new Error('driver has already been destroyed'), 'unavailable'],
  [new TypeError('x is not a function'), 'unknown'],
])('an error of the network, of TLS, or of neither is the same to both (%#)', (error, expected) => {
  expect([classifyMysqlError(error), classifyPostgresError(error)]).toEqual([expected, expected]);
});

test('a password that is not taken is told from everything else', () => {
  expect([1045, 1698, 1049, 1213].map((errno) => isMysqlDenied(mysqlError(errno)))).toEqual([true, true, false, false]);
  expect(['28P01', '28000', '3D000'].map((state) => isPostgresDenied(postgresError(state)))).toEqual([true, true, false]);
  expect(isPostgresDenied(new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string'))).toBe(true);
});

test('what a reader can do about it: no password given, another name in the certificate, no answer to the greeting', () => {
  const config = serverConfigSchema('mysql', 3306).parse({ type: 'mysql', host: 'db', database: 'h', user: 'me', tls: 'verify' });
  expect(serverReason(config, mysqlError(1045), true).hint).toContain('HOLDFAST_CATALOG_PASSWORD');
  expect(serverReason({ ...config, password: { from: 'file', path: '/p' } }, mysqlError(1045), true).hint).not.toContain('HOLDFAST_CATALOG_PASSWORD');
  expect(serverReason(config, nodeError('ERR_TLS_CERT_ALTNAME_INVALID'), false).hint).toContain(
    "looked for as db: give the certificate's name as 'tlsServerName'",
  );
  expect(serverReason(config, new DeadlineError('late'), false).hint).toContain('the port of mysql with TLS');
});
