import { Pool } from 'tarn';
import { type Connect, inTime, type ServerConnection } from './connection.js';

export interface PoolLimits {
  /** Sessions of this process at most. */
  readonly connections: number;
  /** To make a session, from the password to the first statement. */
  readonly connectTimeoutMs: number;
  /** One statement. */
  readonly queryTimeoutMs: number;
}

/** A session on loan. */
export interface PooledConnection extends Omit<ServerConnection, 'onLost'> {
  readonly isUsable: () => boolean;
  /** Whether a statement runs on it. */
  readonly isBusy: () => boolean;
}

export interface ConnectionPool extends AsyncDisposable {
  acquire(): Promise<PooledConnection>;
  /** Takes it back; one that is no longer usable is closed. */
  release(connection: PooledConnection): void;
  /** No session made before now is used again: after a fail-over they lead to a server that takes no writes, or to none. */
  dropAll(): void;
}

/** How long a session is kept that nobody uses: longer than the usual time between two renewals of a lease. */
const idleMs = 45_000;

const quitMs = 1000;

/** A small pool of sessions, each with a deadline on every statement. */
export function createConnectionPool(connect: Connect, { connections, connectTimeoutMs, queryTimeoutMs }: PoolLimits): ConnectionPool {
  let generation = 0;
  const pool = new Pool<PooledConnection>({
    create: async () => {
      const born = generation;
      const connection = await connect();
      return pooled(connection, queryTimeoutMs, () => born === generation);
    },
    destroy: (connection) => (connection.isUsable() ? connection.quit() : connection.close()),
    validate: (connection) => connection.isUsable(),
    min: 0,
    propagateCreateError: true,
    max: connections,
    idleTimeoutMillis: idleMs,
    reapIntervalMillis: 5000,
    // The connector ends by itself, with a better reason.
    createTimeoutMillis: connectTimeoutMs * 4,
    // The others' statements end in time, and then it is this one's turn.
    acquireTimeoutMillis: connectTimeoutMs * 4 + queryTimeoutMs * 4,
  });
  return {
    acquire: () => pool.acquire().promise,
    release: (connection) => {
      if (!connection.isUsable()) connection.close();
      pool.release(connection);
    },
    dropAll: () => {
      generation += 1;
    },
    [Symbol.asyncDispose]: async () => {
      await pool.destroy();
    },
  };
}

function pooled(connection: ServerConnection, queryTimeoutMs: number, isCurrent: () => boolean): PooledConnection {
  let closed = false;
  let running = 0;
  const close = (): void => {
    closed = true;
    connection.close();
  };
  connection.onLost(close);
  return {
    close,
    quit: async () => {
      closed = true;
      await inTime(connection.quit(), quitMs, 'taking leave', close).catch(() => undefined);
      connection.close();
    },
    isUsable: () => !closed && isCurrent(),
    isBusy: () => running > 0,
    query: async (sql, parameters) => {
      running += 1;
      try {
        return await inTime(connection.query(sql, parameters), queryTimeoutMs, 'a statement', close);
      } finally {
        running -= 1;
      }
    },
  };
}
