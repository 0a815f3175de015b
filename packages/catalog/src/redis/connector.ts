import { once } from 'node:events';
import { connect as connectPlain, isIP, Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import * as z from 'zod';
import { openPatienceMs } from '../calls/open-patience.js';
import { readTls, type ServerTls } from '../server/connect.js';
import { type Credentials, type PasswordSources, readCredentials } from '../server/credentials.js';
import { ConnectFailure, toConnectFailure } from './connect-failure.js';
import type { RedisConfig } from './config.js';
import { introduce } from './introduce.js';

export interface ConnectorOptions {
  readonly config: RedisConfig;
  readonly sources: PasswordSources;
}

/** A node of a cluster, or the only server, as the library has them among its options. */
const targetSchema = z.looseObject({ host: z.string().default('127.0.0.1'), port: z.number().default(6379) });
type Target = z.output<typeof targetSchema>;

const disconnectTimeoutMs = 500;

/** How the client library gets its sockets: connected, and let in. Password and authorities are asked for anew each time. `report` hears how each try ended. */
export function connectorFor(
  options: ConnectorOptions,
  report: (failure: ConnectFailure | undefined) => void,
): new (
  target: unknown,
) => AbstractConnector {
  let hasConnected = false;
  return class extends AbstractConnector {
    readonly #target: Target;
    #attempt = new AbortController();

    constructor(target: unknown) {
      super(disconnectTimeoutMs);
      this.#target = targetSchema.parse(target);
    }

    override async connect(): Promise<Socket> {
      this.#attempt = new AbortController();
      try {
        // Whoever opens the catalog is to hear in time why it does not.
        const { connectTimeoutMs } = options.config;
        const timeoutMs = hasConnected ? connectTimeoutMs : Math.min(connectTimeoutMs, openPatienceMs);
        this.stream = await openSocket(this.#target, options, timeoutMs, this.#attempt.signal);
        hasConnected = true;
        report(undefined);
        return this.stream;
      } catch (error) {
        this.firstError = toConnectFailure(error);
        report(toConnectFailure(error));
        // The library tries again after a socket that is closed, not after a rejection.
        return new Socket().destroy();
      }
    }

    override disconnect(): void {
      this.#attempt.abort(new Error('the connection was given up'));
      super.disconnect();
    }
  };
}

async function openSocket(target: Target, options: ConnectorOptions, connectTimeoutMs: number, given: AbortSignal): Promise<Socket> {
  const late = AbortSignal.timeout(connectTimeoutMs);
  const signal = AbortSignal.any([given, late]);
  try {
    return await letIn(target, options, signal);
  } catch (error) {
    if (!late.aborted) throw error;
    throw new ConnectFailure(`${target.host}:${target.port} did not let this in within ${connectTimeoutMs} ms`, {
      isFinal: false,
      remedy:
        'Look whether the server can be reached from here, whether it hangs, and whether it is one of Redis or Valkey with TLS as the URL says (redis:// has none, rediss:// has)',
      cause: error,
    });
  }
}

/** A password that is not taken is asked for once more: it may have changed in between. */
async function letIn(target: Target, { config, sources }: ConnectorOptions, signal: AbortSignal): Promise<Socket> {
  const credentials = await readCredentials(config, sources, { signal });
  try {
    return await connectWith(target, config, credentials, signal);
  } catch (error) {
    if (!(error instanceof ConnectFailure && error.isDenied)) throw error;
    const again = await readCredentials(config, sources, { signal });
    if (again.user === credentials.user && again.password === credentials.password) throw error;
    return connectWith(target, config, again, signal);
  }
}

async function connectWith({ host, port }: Target, { tls, database }: RedisConfig, credentials: Credentials, signal: AbortSignal): Promise<Socket> {
  const secured = tls && (await readTls({ caFile: tls.caFile, serverName: tls.serverName ?? host }));
  const socket = secured === undefined ? connectPlain({ host, port }) : connectTls({ host, port, ...tlsOptions(secured) });
  // Whoever holds it next may not listen yet when it breaks.
  socket.on('error', () => undefined);
  try {
    await once(socket, secured === undefined ? 'connect' : 'secureConnect', { signal });
    await introduce(socket, credentials, database, signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function tlsOptions({ ca, serverName, checkIdentity }: ServerTls): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    // An address is not for saying which server is meant; the certificate may be for one.
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    checkServerIdentity: (_host, certificate) => checkIdentity(certificate),
  };
}
