import { askRedis } from '@holdfast/catalog/sessions';
import { missingServer, startRedis, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const missing = missingServer('redis');

describe.skipIf(missing !== undefined)(`askRedis${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startRedis({ tls: true });
  }, 60_000);
  afterAll(async () => server[Symbol.asyncDispose]());

  test('tells policy and append-only file, as they are now', async () => {
    const { user, password, port, caFile } = server;
    const target = { host: 'localhost', port, user, password, tls: { caFile } };
    expect(await askRedis(target)).toEqual({ maxmemoryPolicy: 'noeviction', hasAppendOnlyFile: true });
    await server.query('CONFIG SET maxmemory-policy allkeys-lfu\nCONFIG SET appendonly no');
    expect(await askRedis(target)).toEqual({ maxmemoryPolicy: 'allkeys-lfu', hasAppendOnlyFile: false });
  });

  test('tells nothing where it is not let in, not trusted, or not there', async () => {
    const { user, password, port, caFile } = server;
    expect(await askRedis({ host: 'localhost', port, user, password: 'wrong', tls: { caFile } })).toBeUndefined();
    expect(await askRedis({ host: 'localhost', port, user, password, tls: { caFile: undefined } })).toBeUndefined();
    expect(await askRedis({ host: 'localhost', port: 1, user, password, tls: undefined })).toBeUndefined();
  });
});
