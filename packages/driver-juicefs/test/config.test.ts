import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { parseJuicefsConfig } from '../src/config.js';
import { juicefsConfigFromUrl } from '../src/config-url.js';
import { juicefs } from '../src/plugin.js';
import { aConfig, aSection } from './support/a-config.js';
import { fakeBucket } from './support/fake-bucket.js';

test('what is left out has a default, applied once', () => {
  const { format, mount, bucket, stateDirectory, allowDataLoss } = aConfig();
  expect(format).toMatchObject({ blockSizeBytes: 16 * 1024 ** 2, compression: 'none', trashDays: 0, capacityBytes: undefined });
  expect(mount).toMatchObject({
    path: '/run/holdfast/storage/snapshots',
    writeback: false,
    readOnly: false,
    uploads: 20,
    bufferSizeBytes: 1024 ** 3,
  });
  expect(bucket).toMatchObject({ create: true, endpoint: undefined, keysFile: undefined });
  expect(stateDirectory).toBe('/var/lib/holdfast/provision/juicefs-snapshots');
  expect(allowDataLoss).toBe(false);
});

const elasticache = { url: 'rediss://jfs@a.abc.euw1.cache.amazonaws.com/1' };
test.each([
  ['writeback without the word for it', { mount: { writeback: true } }, /lost with a Spot instance/u],
  ['ElastiCache without the word for it', { metadata: elasticache }, /fail-over loses writes/u],
  ['a serverless ElastiCache', { metadata: { url: 'rediss://jfs@a.serverless.euw1.cache.amazonaws.com' }, allowDataLoss: true }, /evicts/u],
  ['an endpoint in the clear', { bucket: { endpoint: 'http://minio.example.org:9000' } }, /not encrypted/u],
  ['a database of one machine', { metadata: { url: 'sqlite3:///var/lib/jfs.db' } }, /one machine/u],
  ['a password in a URL', { metadata: { url: 'mysql://jfs:hunter2@db/jfs' } }, /holds a password/u],
  ['more behind the database', { metadata: { url: 'mysql://jfs@db/jfs?tls=skip-verify' } }, /more behind/u],
  ['no database', { metadata: { url: 'mysql://jfs@db' } }, /names no database/u],
  ['a colon in a cache directory', { mount: { cacheDirectories: ['/a:/b'] } }, /colon/u],
  ['a name that JuiceFS does not take', { name: 'A' }, /3 to 63/u],
  ['a block size that is none', { format: { blockSize: '3MiB' } }, /none of its values/u],
  ['a program in a folder that depends on where one is', { program: './juicefs' }, /no absolute path/u],
  ["MariaDB's own scheme", { metadata: { url: 'mariadb://jfs@db/jfs' } }, /one name for MySQL and MariaDB/u],
  ['the root of the file system', { mount: { path: '//' } }, /cannot be mounted over/u],
])('%s is refused with the reason', async (_, changes, reason) => {
  const error = await assertRejects(() => parseJuicefsConfig(aSection(changes)), { code: 'HF_CONFIG' });
  expect(error.message).toMatch(reason);
  expect(error.message + JSON.stringify(error.hint)).not.toContain('hunter2');
});

test('a program may be named as on the path', () => {
  expect(aConfig({ program: 'juicefs' }).program).toBe('juicefs');
  expect(aConfig({ program: '/opt/juicefs' }).program).toBe('/opt/juicefs');
});

test.each([
  [{ passwordFile: '/etc/jfs' }, "neither 'url' nor one of rdsMysql, rdsPostgres"],
  [{ url: 'postgres://jfs@db/jfs', rdsPostgres: {} }, "has 'url' and 'rdsPostgres'"],
])('metadata that names no database, or two: %j', async (metadata, words) => {
  const plugin = juicefs({ buckets: () => fakeBucket().client });
  const error = await assertRejects(() => plugin.create({ ...aSection(), metadata }), { code: 'HF_CONFIG' });
  expect(error.message).toContain(words);
  expect(error.hint).toContain("either 'url'");
});

test('what is unsafe is taken where its word is given', () => {
  expect(aConfig({ mount: { writeback: true }, allowDataLoss: true }).mount.writeback).toBe(true);
  expect(aConfig({ metadata: elasticache, allowDataLoss: true }).metadata.engine).toBe('redis');
  expect(aConfig({ bucket: { endpoint: 'http://minio:9000', allowUnencrypted: true } }).bucket.endpoint).toBe('http://minio:9000');
});

test('a URL says the same as a section', async () => {
  const url = 'juicefs://snapshots?bucket=acme-snapshots&region=eu-west-1&metadata=postgres%3A%2F%2Fjfs%40db.example.org%2Fjfs';
  expect(parseJuicefsConfig(juicefsConfigFromUrl(url))).toEqual(aConfig());
  for (const wrong of [`${url}&colour=red`, `${url}&region=eu-west-2`, url.replace('snapshots?', 'snapshots/x?'), 'juicefs://snapshots'])
    await assertRejects(() => juicefsConfigFromUrl(wrong), { code: 'HF_CONFIG' });
});
