import { readFile } from 'node:fs/promises';
import { type PeerCertificate, checkServerIdentity } from 'node:tls';
import { HoldfastError } from '@holdfast/core';
import { openPatienceMs } from '../calls/open-patience.js';
import { type Connect, inTime, type ServerConnection } from './connection.js';
import { type Credentials, type PasswordSources, readCredentials } from './credentials.js';
import type { ServerConfig, TlsChoice } from './server-config.js';

export interface ServerTls {
  readonly ca: string | undefined;
  readonly serverName: string;
  readonly checkIdentity: (certificate: PeerCertificate) => Error | undefined;
}

/** What differs from one client library to the next. */
export interface ServerClient {
  /** Starts to connect; `close` ends that at once. */
  start(
    config: ServerConfig,
    credentials: Credentials,
    tls: ServerTls | undefined,
  ): { readonly ready: Promise<ServerConnection>; readonly close: () => void };
  /** Statements that every new session begins with. */
  sessionSettings(config: ServerConfig): readonly string[];
  /** Whether the server did not take the password. */
  isDenied(error: unknown): boolean;
}

/** Connects with the password as it is now. One that is not taken is asked for once more: it may have changed in between. */
export function connector(client: ServerClient, config: ServerConfig, sources: PasswordSources): Connect {
  let hasConnected = false;
  const connectOnce = async (credentials: Credentials, tls: ServerTls | undefined): Promise<ServerConnection> => {
    // Whoever opens the catalog is to hear in time why it does not.
    const timeoutMs = hasConnected ? config.connectTimeoutMs : Math.min(config.connectTimeoutMs, openPatienceMs);
    const connection = await beginSession(client, config, credentials, tls, timeoutMs);
    hasConnected = true;
    return connection;
  };
  return async (options) => {
    const tls = config.tls === undefined ? undefined : await readTls(config.tls);
    const credentials = await readCredentials(config, sources, options);
    try {
      return await connectOnce(credentials, tls);
    } catch (error) {
      if (!client.isDenied(error)) throw error;
      const again = await readCredentials(config, sources, options);
      if (again.password === credentials.password && again.user === credentials.user) throw error;
      return await connectOnce(again, tls);
    }
  };
}

async function beginSession(
  client: ServerClient,
  config: ServerConfig,
  credentials: Credentials,
  tls: ServerTls | undefined,
  timeoutMs: number,
): Promise<ServerConnection> {
  const { ready, close } = client.start(config, credentials, tls);
  const begin = async (): Promise<ServerConnection> => {
    const connection = await ready;
    for (const statement of client.sessionSettings(config)) await connection.query(statement, []);
    return connection;
  };
  try {
    return await inTime(begin(), timeoutMs, `connecting to ${config.host}`, close);
  } catch (error) {
    close();
    throw error;
  }
}

/** The file is read for each session, so that a new bundle needs no restart. */
export async function readTls({ caFile, serverName }: TlsChoice): Promise<ServerTls> {
  return {
    ca: caFile === undefined ? undefined : await readBundle(caFile),
    serverName,
    checkIdentity: (certificate) => checkServerIdentity(serverName, certificate),
  };
}

async function readBundle(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw badBundle(`the catalog's certificate authorities cannot be read from ${path}`, error);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw badBundle(`${path} holds no certificate in PEM`);
  return text;
}

function badBundle(message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_CATALOG_UNAVAILABLE', {
    kind: 'unavailable',
    message,
    hint: "Look at 'catalog.tlsCaFile': it must be a readable file of certificates in PEM",
    operation: 'catalog.connect',
    ...(cause === undefined ? {} : { cause }),
  });
}
