import { metadataStoreContract } from '@holdfast/testkit/metadata-store';
import { missingServer, startRedis, startRedisCluster, startValkey } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe } from 'vitest';
import { redisFixture } from './fixture.js';

const servers = [
  { name: 'redis', missing: missingServer('redis'), start: () => startRedis() },
  { name: 'redis in cluster mode, TLS', missing: missingServer('redis'), start: () => startRedisCluster({ tls: true }) },
  { name: 'valkey', missing: missingServer('valkey'), start: () => startValkey() },
];

for (const { name, missing, start } of servers) {
  describe.skipIf(missing !== undefined)(`${name}${missing === undefined ? '' : ` (${missing})`}`, () => {
    let server: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server[Symbol.asyncDispose]());

    metadataStoreContract({ name, setup: () => redisFixture(server) });
  });
}
