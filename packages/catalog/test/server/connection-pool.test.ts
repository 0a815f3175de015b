import { expect, test } from 'vitest';
import { createConnectionPool } from '../../src/server/connection-pool.js';
import type { ServerConnection } from '../../src/server/connection.js';

/** Sessions that answer with their number, and note when they end. */
function numbered(): { readonly connect: () => Promise<ServerConnection>; readonly ended: number[] } {
  const ended: number[] = [];
  let made = 0;
  const connect = async (): Promise<ServerConnection> => {
    const number = (made += 1);
    const end = (): void => {
      if (!ended.includes(number)) ended.push(number);
    };
    const query = () => Promise.resolve({ rows: [number] });
    return { query, onLost: () => undefined, quit: () => Promise.resolve(end()), close: end };
  };
  return { connect, ended };
}

test('no session from before a fail-over is used again, whether it was on loan or not', async () => {
  const { connect, ended } = numbered();
  await using pool = createConnectionPool(connect, { connections: 2, connectTimeoutMs: 1000, queryTimeoutMs: 1000 });
  const use = async (): Promise<unknown> => {
    const connection = await pool.acquire();
    const { rows } = await connection.query('', []);
    pool.release(connection);
    return rows[0];
  };
  const [idle, lent] = [await pool.acquire(), await pool.acquire()];
  pool.release(idle);
  expect(await use()).toBe(1);
  pool.dropAll();
  const isUsable = lent.isUsable();
  pool.release(lent);
  expect(isUsable).toBe(false);
  expect(await use()).toBe(3);
  expect(ended.toSorted((a, b) => a - b)).toEqual([1, 2]);
});
