import { type CallOptions, HoldfastError } from '@holdfast/core';
import { readTls, type ServerClient } from '../server/connect.js';
import { inTime, type ServerConnection } from '../server/connection.js';
import type { ServerConfig } from '../server/server-config.js';
import { sessionFailure } from './session-errors.js';

/** Where a session leads to. The server's certificate is verified by the authorities in the file. */
export interface SessionTarget {
  readonly engine: 'mysql' | 'postgres';
  readonly host: string;
  readonly port: number;
  /** Undefined: one of the server's own that every administrator may use. */
  readonly database: string | undefined;
  readonly user: string;
  readonly password: string;
  readonly caFile: string;
}

/** For a few statements of an administrator; what is no catalog. */
export interface ServerSession extends AsyncDisposable {
  /** Rejects with the client library's own error. */
  query(sql: string, parameters?: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

const connectTimeoutMs = 10_000;
const queryTimeoutMs = 60_000;

/**
 * Connects to a server of MySQL or PostgreSQL as whoever is named, for provisioning. The client libraries are loaded by the first session.
 *
 * `connect` rejects with kind `permission` where the server does not let in, `not-found` where it has no such database, `unavailable` else.
 */
export function serverSessions(): { connect(target: SessionTarget, options?: CallOptions): Promise<ServerSession> } {
  return {
    connect: async (target, { signal } = {}) => {
      signal?.throwIfAborted();
      const client = await loadClient(target.engine);
      const connection = await begin(client, target, signal);
      return {
        query: async (sql, parameters = []) => {
          const { rows } = await inTime(connection.query(sql, parameters), queryTimeoutMs, 'a statement', () => connection.close());
          return rows.filter((row): row is Readonly<Record<string, unknown>> => typeof row === 'object' && row !== null);
        },
        [Symbol.asyncDispose]: async () => {
          await inTime(connection.quit(), 1000, 'taking leave', () => connection.close()).catch(() => undefined);
          connection.close();
        },
      };
    },
  };
}

async function loadClient(engine: SessionTarget['engine']): Promise<ServerClient> {
  return engine === 'mysql' ? (await import('../mysql/client.js')).mysqlClient : (await import('../postgres/client.js')).postgresClient;
}

async function begin(client: ServerClient, target: SessionTarget, signal: AbortSignal | undefined): Promise<ServerConnection> {
  const { host, user, password, caFile } = target;
  const tls = await readTls({ caFile, serverName: host });
  const { ready, close } = client.start(configOf(target), { user, password }, tls);
  signal?.addEventListener('abort', close, { once: true });
  try {
    return await inTime(ready, connectTimeoutMs, `connecting to ${host}`, close);
  } catch (error) {
    close();
    if (signal?.aborted === true)
      throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `connecting to ${host} was aborted`, cause: error });
    throw sessionFailure(target, client.isDenied(error), error);
  } finally {
    signal?.removeEventListener('abort', close);
  }
}

function configOf({ engine, host, port, user, caFile, database }: SessionTarget): ServerConfig {
  return {
    type: engine,
    host,
    port,
    user,
    database: database ?? (engine === 'mysql' ? 'information_schema' : 'postgres'),
    password: { from: 'nowhere' },
    tls: { caFile, serverName: host },
    connections: 1,
    connectTimeoutMs,
    queryTimeoutMs,
    retryForMs: 0,
  };
}
