import { missingServer, startRedis } from '@holdfast/testkit/servers';
import { expect, it } from 'vitest';
import { keyWords, serverBehaviour } from './server-behaviour.js';

serverBehaviour('redis', 'startRedis', startRedis, keyWords);

it.skipIf(missingServer('redis') !== undefined)('tells in its own words why a server does not start', async () => {
  await expect(startRedis({ arguments: ['--no-such-option', '1'] })).rejects.toThrow(/redis-server ended \(1\)[^]*no-such-option/);
});
