import { connect as connectSocket, type Socket } from 'node:net';
import { type Connection, createConnection, type QueryResult as MysqlResult } from 'mysql2';
import type { QueryResult } from 'kysely';
import type { ServerClient, ServerTls } from '../server/connect.js';
import type { ServerConnection } from '../server/connection.js';
import { isMysqlDenied } from './errors.js';

/** Sessions of MySQL and MariaDB by mysql2. */
export const mysqlClient: ServerClient = {
  start: (config, { user, password }, tls) => {
    const socket = connectSocket({ host: config.host, port: config.port, keepAlive: true, keepAliveInitialDelay: 10_000, noDelay: true });
    const connection = createConnection({
      // What the certificate is verified against; where to connect to, the socket knows.
      host: tls?.serverName ?? config.host,
      port: config.port,
      database: config.database,
      user,
      password,
      stream: socket,
      charset: 'utf8mb4',
      connectTimeout: config.connectTimeoutMs,
      decimalNumbers: true,
      // What IAM tokens are sent by; never without a verified server.
      enableCleartextPlugin: tls !== undefined,
      ...(tls === undefined ? {} : { ssl: sslOf(tls) }),
    });
    const close = (): void => {
      connection.destroy();
      socket.destroy();
    };
    return { ready: untilReady(connection, socket, close), close };
  },
  sessionSettings: ({ queryTimeoutMs }) => [
    // Not REPEATABLE READ: there a row that was locked is read as it was when the transaction first read anything.
    'set session transaction isolation level read committed',
    // Texts are escaped with backslashes, and what does not fit is refused.
    "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    "set session time_zone = '+00:00'",
    `set session innodb_lock_wait_timeout = ${seconds(queryTimeoutMs / 2)}`,
    // A node that stands still in the middle of a transaction keeps its locks no longer than this.
    'set session wait_timeout = 60',
  ],
  isDenied: isMysqlDenied,
};

function seconds(ms: number): number {
  return Math.max(1, Math.floor(ms / 1000));
}

function sslOf({ ca }: ServerTls): { rejectUnauthorized: true; verifyIdentity: true; minVersion: 'TLSv1.2'; ca?: string } {
  return { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) };
}

async function untilReady(connection: Connection, socket: Socket, close: () => void): Promise<ServerConnection> {
  const lost: (() => void)[] = [];
  const onEnd = (): void => {
    for (const listener of lost.splice(0)) listener();
  };
  connection.on('error', onEnd);
  socket.on('close', onEnd);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    connection.connect((error) => (error === null ? resolve() : reject(error)));
  });
  return {
    onLost: (listener) => lost.push(listener),
    close,
    quit: () => new Promise((resolve) => connection.end(() => resolve())),
    query: (sql, parameters) =>
      new Promise((resolve, reject) => {
        connection.query<MysqlResult>(sql, [...parameters], (error, result) => (error === null ? resolve(toResult(result)) : reject(error)));
      }),
  };
}

function toResult(result: MysqlResult): QueryResult<unknown> {
  if (Array.isArray(result)) return { rows: result };
  return { rows: [], numAffectedRows: BigInt(result.affectedRows) };
}
