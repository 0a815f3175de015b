import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Client, type QueryResult as PostgresResult, TypeOverrides, types as knownTypes } from 'pg';
import type { QueryResult } from 'kysely';
import type { ServerConnection } from '../server/connection.js';
import type { ServerClient, ServerTls } from '../server/connect.js';
import { isPostgresDenied } from './errors.js';

/** Sessions of PostgreSQL by pg. */
export const postgresClient: ServerClient = {
  start: (config, { user, password }, tls) => {
    const socket = new Socket();
    const client = new Client({
      host: config.host,
      port: config.port,
      database: config.database,
      user,
      password,
      stream: () => socket,
      ssl: tls === undefined ? false : sslOf(tls),
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      application_name: 'holdfast',
      types,
    });
    const close = (): void => {
      socket.destroy();
    };
    return { ready: untilReady(client, close), close };
  },
  sessionSettings: ({ queryTimeoutMs }) => [
    [
      `set statement_timeout = ${queryTimeoutMs}`,
      `set lock_timeout = ${Math.ceil(queryTimeoutMs / 2)}`,
      // A node that stands still in the middle of a transaction keeps its locks no longer than this.
      'set idle_in_transaction_session_timeout = 20000',
      'set default_transaction_isolation = "read committed"',
      'set standard_conforming_strings = on',
    ].join('; '),
  ],
  isDenied: isPostgresDenied,
};

function sslOf({ ca, checkIdentity }: ServerTls): ConnectionOptions {
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    checkServerIdentity: (_host, certificate) => checkIdentity(certificate),
    ...(ca === undefined ? {} : { ca }),
  };
}

/** 64-bit whole numbers as numbers: those of the catalog are exact in a double. */
const types = new TypeOverrides();
types.setTypeParser(knownTypes.builtins.INT8, Number);
types.setTypeParser(knownTypes.builtins.NUMERIC, Number);

async function untilReady(client: Client, close: () => void): Promise<ServerConnection> {
  const lost: (() => void)[] = [];
  const onEnd = (): void => {
    for (const listener of lost.splice(0)) listener();
  };
  client.on('error', onEnd);
  client.on('end', onEnd);
  await client.connect();
  return {
    onLost: (listener) => lost.push(listener),
    close,
    quit: () => client.end(),
    query: async (sql, parameters) => toResult(await client.query<Record<string, unknown>>(sql, [...parameters])),
  };
}

function toResult({ command, rowCount, rows }: PostgresResult<Record<string, unknown>>): QueryResult<unknown> {
  return ['INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
}
