import { redis } from '@holdfast/catalog/redis';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { parseRedisConfig } from '../../src/redis/config.js';

test.each([
  ['redis://db.example', { host: 'db.example', tls: 'off' }],
  ['rediss://holdfast@db.example:6380/3', { host: 'db.example', port: 6380, user: 'holdfast', database: 3, tls: 'verify' }],
  [
    'rediss://u@[::1]?tlsCaFile=/etc/ca.pem&passwordFile=/run/secret&prefix=lab%3A&cluster=true&retryFor=3s',
    { host: '::1', user: 'u', tls: 'verify', tlsCaFile: '/etc/ca.pem', passwordFile: '/run/secret', prefix: 'lab:', cluster: true, retryFor: '3s' },
  ],
])('%s is read', (url, expected) => {
  expect(redis().configFromUrl(url)).toEqual({ type: 'redis', ...expected });
});

test.each([
  'redis://user:s3cret@host',
  'redis://:s3cret@host',
  'redis://host/0?password=s3cret',
  'redis://host/0#s3cret',
  'redis:',
  'redis://host/1/2',
  'redis://host/x',
  'redis://host?cluster=maybe',
  'redis://host?unknown=1',
  'redis://host?tls=off',
  'redis://host?prefix={a}',
  'redis://host?retryFor=soon',
  'redis://us%zzer@host',
])('%s is refused, and no password is repeated', (url) => {
  const attempt = () => redis().configFromUrl(url);
  expect(attempt).toThrow(expect.objectContaining({ code: 'HF_CONFIG', kind: 'invalid-argument' }));
  expect(attempt).not.toThrow(/s3cret/u);
});

test('what is not said is filled in; a server of this machine may do without TLS, any other has to be told', () => {
  const rest = { port: 6379, database: 0, user: 'default', prefix: 'holdfast:', connectTimeoutMs: 5000, queryTimeoutMs: 5000, retryForMs: 15_000 };
  expect(parseRedisConfig({ type: 'redis', host: 'localhost' })).toMatchObject({ ...rest, tls: undefined, password: { from: 'nowhere' } });
  expect(parseRedisConfig({ type: 'redis', host: 'far' })).toMatchObject({ tls: { caFile: undefined, serverName: undefined } });
  expect(parseRedisConfig({ type: 'redis', host: 'far', tls: 'off' })).toMatchObject({ tls: undefined });
});

test.each([
  [{ type: 'redis' }, "'catalog.host' is missing"],
  [{ type: 'redis', host: 'h', passwordFile: '/a', passwordVariable: 'B' }, 'exclude each other'],
  [{ type: 'redis', host: 'h', tls: 'off', tlsCaFile: '/a' }, 'need TLS'],
  [{ type: 'redis', host: 'h', tlsCaFil: '/a' }, "did you mean 'tlsCaFile'?"],
  [{ type: 'redis', host: 'h', passwordCommand: [] }, 'it names no program'],
])('the section %j is refused by name', async (config, words) => {
  const error = await assertRejects(redis().open(config), { code: 'HF_CONFIG' });
  expect(error.message).toContain(words);
});
