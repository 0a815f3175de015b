import { Cluster, Redis } from 'ioredis';
import { openPatienceMs } from '../calls/open-patience.js';
import type { ConnectFailure } from './connect-failure.js';
import { type ConnectorOptions, connectorFor } from './connector.js';

export type Command = readonly [name: string, ...args: (string | number)[]];

/** The little that the catalog needs of a client; the first key of a command decides which node of a cluster it goes to. */
export interface RedisPort {
  send(...command: Command): Promise<unknown>;
  /** On one connection, one behind the other; all of one slot. Rejects with the first error. */
  sendTogether(commands: readonly Command[]): Promise<readonly unknown[]>;
}

export interface Connection extends RedisPort {
  isReady(): boolean;
  /** Why the last try to connect failed, where it did. */
  failure(): ConnectFailure | undefined;
  close(): void;
}

export interface ConnectionOptions extends ConnectorOptions {
  readonly isCluster: boolean;
}

/** Connects in the background, and again for as long as it is not closed. A command is sent at once or not at all: none waits for a connection to be sent late. */
export function openConnection(options: ConnectionOptions): Connection {
  let failure: ConnectFailure | undefined;
  let hasConnected = false;
  const startedMs = performance.now();
  const report = (heard: ConnectFailure | undefined): void => {
    hasConnected ||= heard === undefined;
    const isPatient = hasConnected || performance.now() - startedMs < openPatienceMs;
    // Whoever opens the catalog hears in time why it does not; one that was there is waited for.
    failure = heard === undefined || isPatient ? heard : heard.asFinal();
  };
  const client = options.isCluster ? clusterClient(options, report) : singleClient(options, report);
  // Each failure reaches the call that it fails; without a listener it would end the process.
  client.on('error', () => undefined);
  return {
    isReady: () => client.status === 'ready',
    failure: () => failure,
    send: (name, ...args) => client.call(name, args),
    async sendTogether(commands) {
      const answers = await client.pipeline(commands.map((command) => [...command])).exec();
      return (answers ?? []).map(([error, answer]) => {
        if (error !== null) throw error;
        return answer;
      });
    },
    close: () => client.disconnect(),
  };
}

type Report = (failure: ConnectFailure | undefined) => void;

/** Often at first, so that whoever opens the catalog soon has it once the server answers. */
const retryDelayMs = (times: number): number => Math.min(50 * 2 ** Math.min(times, 6), times < 16 ? 500 : 2000) * (0.5 + Math.random() / 2);

function singleClient(options: ConnectionOptions, report: Report): Redis {
  return new Redis({
    ...common(options, report),
    host: options.config.host,
    port: options.config.port,
    db: options.config.database,
    enableOfflineQueue: false,
    retryStrategy: retryDelayMs,
  });
}

function clusterClient(options: ConnectionOptions, report: Report): Cluster {
  return new Cluster([{ host: options.config.host, port: options.config.port }], {
    redisOptions: common(options, report),
    enableOfflineQueue: false,
    clusterRetryStrategy: retryDelayMs,
    slotsRefreshTimeout: options.config.queryTimeoutMs,
    // The session goes on where these end.
    maxRedirections: 8,
    // By its name: a certificate is for that, not for an address.
    dnsLookup: (host, callback) => callback(null, host),
  });
}

function common(options: ConnectionOptions, report: Report) {
  return {
    Connector: connectorFor(options, report),
    protocol: 2 as const,
    // The connector did what these do.
    enableReadyCheck: false,
    connectTimeout: options.config.connectTimeoutMs,
    disableClientInfo: true,
    commandTimeout: options.config.queryTimeoutMs,
    socketTimeout: options.config.queryTimeoutMs,
    // What broke off may have been done: only the session knows what may be sent again.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A primary that was made a replica, or a server that has not its data yet: its name may lead to another by now.
    reconnectOnError: (error: Error) => /^(READONLY|LOADING|MASTERDOWN)/u.test(error.message),
  };
}
