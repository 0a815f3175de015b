import { expect, test } from 'vitest';
import { ConnectFailure, toConnectFailure } from '../../src/redis/connect-failure.js';
import { classifyRedisError, translate } from '../../src/redis/errors.js';

test.each([
  ["READONLY You can't write against a read only replica.", 'transient'],
  ['LOADING Redis is loading the dataset in memory', 'transient'],
  ['CLUSTERDOWN The cluster is down', 'transient'],
  ['MOVED 1 127.0.0.1:1', 'transient'],
  ['Connection is closed.', 'transient'],
  ['Command timed out', 'transient'],
  ['Socket timeout. Expecting data, but did not receive any in 5ms.', 'transient'],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'unavailable'],
  ["NOPERM User x has no permissions to run the 'get' command", 'unavailable'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'corrupt'],
  ['HFCORRUPT the lease has no numbers', 'corrupt'],
  ['ERR unknown command', 'unknown'],
])('%s is %s', (message, expected) => {
  expect(classifyRedisError(new Error(message))).toBe(expected);
});

test('what a socket says is tried again, and a certificate that is not trusted is not', () => {
  expect(classifyRedisError(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe('transient');
  expect(toConnectFailure(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toMatchObject({ isFinal: false });
  expect(toConnectFailure(Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }))).toMatchObject({ isFinal: true });
  expect(classifyRedisError(new ConnectFailure('x', { isFinal: true, remedy: 'y' }))).toBe('unavailable');
});

test('of an error of the library nothing is kept but its words: it repeats what was sent', () => {
  const foreign = Object.assign(new Error('ERR no'), { command: { name: 'auth', args: ['user', 'canary'] } });
  const error = translate('host:1', 'catalog.open', foreign);
  expect(error).toMatchObject({ code: 'HF_UNEXPECTED', kind: 'unexpected', operation: 'catalog.open', context: { location: 'host:1' } });
  expect(error.cause).toEqual(new Error('ERR no'));
  expect(error.cause).not.toHaveProperty('command');
});
