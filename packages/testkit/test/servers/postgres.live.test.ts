import { setTimeout as sleep } from 'node:timers/promises';
import { missingServer, startPostgres } from '@holdfast/testkit/servers';
import { expect, it, vi } from 'vitest';
import { serverBehaviour, sqlWords } from './server-behaviour.js';

serverBehaviour('postgres', 'startPostgres', startPostgres, sqlWords);

it.skipIf(missingServer('postgres') !== undefined)('stops open sessions of PostgreSQL too, which are processes of their own', async () => {
  await using server = await startPostgres();
  const session = server.query("SELECT pg_sleep(2); SELECT 'woken'");
  const sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
  await vi.waitUntil(async () => (await server.query(sleeping)) === '1', { timeout: 60_000, interval: 50 });
  await server.pause();
  expect(await Promise.race([session, sleep(3000, 'nothing')])).toBe('nothing');
  await server.resume();
  expect(await session).toContain('woken');
});
