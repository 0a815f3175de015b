import { mysql } from '@holdfast/catalog/mysql';
import { postgres } from '@holdfast/catalog/postgres';
import type { CatalogPlugin } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { serverConfigSchema } from '../../src/server/server-config.js';

const section = { type: 'mysql', host: 'db.example.org', database: 'holdfast', user: 'me' };

test.each<[CatalogPlugin, string, object]>([
  [mysql(), 'mysql://me@db.example.org/holdfast', section],
  [mysql(), 'mariadb://m%40e@db:3307/h', { type: 'mysql', host: 'db', port: 3307, user: 'm@e', database: 'h' }],
  [postgres(), 'postgresql://me@[::1]:5433/h', { type: 'postgres', host: '::1', port: 5433, user: 'me', database: 'h' }],
  [
    postgres(),
    'postgres://me@db/h?tlsCaFile=/etc/rds.pem&connections=4&retryFor=1m&iamToken=true&region=eu-west-1',
    {
      type: 'postgres',
      host: 'db',
      user: 'me',
      database: 'h',
      tlsCaFile: '/etc/rds.pem',
      connections: 4,
      retryFor: '1m',
      iamToken: true,
      region: 'eu-west-1',
    },
  ],
])('a URL is read as a section (%#)', (plugin, url, expected) => {
  expect(plugin.configFromUrl(url)).toEqual(expected);
});

test.each([
  ['mysql://me@db:99999/h', "'99999' is no port"],
  ['mysql://me@db:abc/h', "'abc' is no port"],
  ['mysql://me@::1/h', 'brackets, as in [::1]'],
  ['mysql://me@[::1/h', "'[::1' is no host"],
  ['mysql://me@/h', 'names no host'],
  ['mysql://me:can@ary:canary@db:abc/h', 'a password'],
  ['mysql://me:canary/canary@db:abc/h', 'a password'],
])('the URL %s cannot be read, and the part that is wrong is named', (url, words) => {
  const refused = (): unknown => mysql().configFromUrl(url);
  expect(refused).toThrow(words);
  expect(refused).not.toThrow('canary');
});

test.each(['mysql://me:canary@db/h', 'mysql://:canary@db/h', 'mysql://me@db/h?password=canary'])(
  'a URL with a password is refused, and the password is not repeated',
  async (url) => {
    const error = await assertRejects(() => mysql().configFromUrl(url), { code: 'HF_CONFIG' });
    expect(error.message).toContain('holds a password');
    expect(JSON.stringify(error) + error.message + error.hint + String(error.cause)).not.toContain('canary');
  },
);

test.each([
  ['mysql://db/h', "'catalog.user' is missing"],
  ['mysql://me@db', "'catalog.database' is missing"],
  ['mysql:///h', "'catalog.host' is missing"],
  ['mysql:', "'catalog.host' is missing"],
  ['mysql://me@db:99999/h', 'cannot be read'],
  ['mysql://me@db/h#x', 'behind a #'],
  ['mysql://me@db/%zz', 'begins no escape'],
  ['mysql://me@db/h?sslmode=verify-full', "the setting 'sslmode'"],
  ['mysql://me@db/h?tls=off&tls=verify', "'tls' twice"],
  ['mysql://me@db/h?connections=many', "'catalog.connections'"],
  ['mysql://me@db/h?connections=0', "'catalog.connections'"],
  ['mysql://me@db/h?queryTimeout=5x', "'5x' is no duration"],
])('%s is refused by name', async (url, words) => {
  const error = await assertRejects(() => mysql().configFromUrl(url), { code: 'HF_CONFIG', kind: 'invalid-argument' });
  expect(error.message).toContain(words);
});

test.each([
  [{ passwordFile: '/a', passwordVariable: 'B' }, "'passwordVariable' and 'passwordFile' exclude each other"],
  [{ passwordCommand: [''] }, 'names no program'],
  [{ password: 'canary' }, "'catalog.password' is no known key"],
  [{ iamToken: true }, "'iamToken' needs 'region'"],
  [{ region: 'eu-west-1' }, "'region' is for"],
  [{ iamToken: true, region: 'eu-west-1', tls: 'off' }, "'iamToken' needs TLS"],
  [{ tls: 'off', tlsCaFile: '/a' }, "need 'tls': 'verify'"],
  [{ host: '10.0.0.7' }, "'10.0.0.7' is an address"],
  [{ host: '127.0.0.1', tls: 'verify' }, "'127.0.0.1' is an address"],
  [{ host: 'db/x' }, "'db/x' is no name"],
  [{ type: 'postgres' }, 'postgres'],
])('the section with %j is refused by name', async (change, words) => {
  const error = await assertRejects(mysql().open({ ...section, ...change }), { code: 'HF_CONFIG' });
  expect(error.message).toContain(words);
  expect(error.message + error.hint).not.toContain('canary');
});

test('TLS is off for this machine itself and verified for every other, unless said otherwise', () => {
  const tlsOf = (change: object) => serverConfigSchema('mysql', 3306).parse({ ...section, ...change }).tls;
  expect(tlsOf({})).toEqual({ caFile: undefined, serverName: 'db.example.org' });
  expect(tlsOf({ host: '10.0.0.7', tlsServerName: 'db' })).toEqual({ caFile: undefined, serverName: 'db' });
  for (const host of ['localhost', '127.0.0.1', '::1']) expect(tlsOf({ host })).toBeUndefined();
  for (const host of ['localhost.example.org', 'mylocalhost', '127.0.0.1.example.org']) expect(tlsOf({ host })?.serverName).toBe(host);
  expect(tlsOf({ host: 'localhost', tls: 'verify', tlsCaFile: '/ca' })).toEqual({ caFile: '/ca', serverName: 'localhost' });
  expect(tlsOf({ tls: 'off' })).toBeUndefined();
  // A name that only begins like this machine's is another machine's.
  expect(tlsOf({ host: '127.0.0.1.example.org' })).toBeDefined();
});

test('what is not said has its default: two sessions, and a bound on every wait', () => {
  expect(serverConfigSchema('mysql', 3306).parse(section)).toMatchObject({
    port: 3306,
    connections: 2,
    connectTimeoutMs: 5000,
    queryTimeoutMs: 10_000,
    retryForMs: 15_000,
    password: { from: 'nowhere' },
  });
});
