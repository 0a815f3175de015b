import { expect, test } from 'vitest';
import { createConnectionPool } from '../../src/server/connection-pool.js';
import type { ServerConnection } from '../../src/server/connection.js';
import { ServerDriver } from '../../src/server/server-driver.js';

test('a rollback waits for no statement that still runs: its session is ended, and another is made', async () => {
  const asked: string[] = [];
  const ended: number[] = [];
  let made = 0;
  const connect = async (): Promise<ServerConnection> => {
    const number = (made += 1);
    const end = (): void => void ended.push(number);
    const query = (sql: string) => {
      asked.push(`${number} ${sql}`);
      return sql === 'hang' ? new Promise<never>(() => undefined) : Promise.resolve({ rows: [] });
    };
    return { query, onLost: () => undefined, quit: () => Promise.resolve(end()), close: end };
  };
  const pool = createConnectionPool(connect, { connections: 1, connectTimeoutMs: 60_000, queryTimeoutMs: 60_000 });
  const driver = new ServerDriver({ pool, isLost: () => false });
  const connection = await driver.acquireConnection();
  await driver.beginTransaction(connection);
  void connection.run('hang');
  await driver.rollbackTransaction(connection);
  expect(ended).toContain(1);
  await driver.releaseConnection(connection);
  const next = await driver.acquireConnection();
  await driver.beginTransaction(next);
  await driver.releaseConnection(next);
  expect(asked).toEqual(['1 begin', '1 hang', '2 begin']);
  await driver.destroy();
});
