import { type ContractCase, defineContract } from '@holdfast/testkit/contract';
import { type MinioServer, startMinio, startMysql, startPostgres, startRedis, type TestServer } from '@holdfast/testkit/servers';
import { storageDriverCases, type StorageDriverFixture } from '@holdfast/testkit/storage-driver';
import { afterAll, beforeAll } from 'vitest';
import { volumeFixture } from './support/volume-fixture.js';

const start = { postgres: startPostgres, mysql: startMysql, redis: startRedis };
const servers = new Map<string, TestServer>();
let minio: MinioServer;

beforeAll(async () => {
  minio = await startMinio();
});
afterAll(async () => {
  await Promise.all([minio, ...servers.values()].map((server) => server[Symbol.asyncDispose]()));
});

async function create(kind: keyof typeof start): Promise<StorageDriverFixture> {
  const server = servers.get(kind) ?? (await start[kind]());
  servers.set(kind, server);
  return volumeFixture(server, minio);
}

/** What may differ from one metadata engine to the next; the rest is tried on one. */
const ofEachEngine =
  /^(?:what one attachment wrote|a rename over a file|of exclusive creations|two provisions at once|destroy by force|flush resolves|plan names what)/u;
const differing = storageDriverCases.filter(({ promise }: ContractCase<StorageDriverFixture>) => ofEachEngine.test(promise));

defineContract('juicefs with PostgreSQL', storageDriverCases, () => create('postgres'));
defineContract('juicefs with MySQL', differing, () => create('mysql'));
defineContract('juicefs with Redis', differing, () => create('redis'));
