import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { CallOptions } from '@holdfast/core';
import { Redis } from 'ioredis';

/** Where a server of Redis or Valkey is. Its certificate is verified. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  /** Empty: of whom the server was told nothing. */
  readonly user: string;
  readonly password: string;
  readonly tls: { readonly caFile: string | undefined } | undefined;
}

/** How a server keeps what it was given. */
export interface RedisKeeping {
  readonly maxmemoryPolicy: string;
  readonly hasAppendOnlyFile: boolean;
}

const timeoutMs = 5000;

/** Asks by INFO, since managed servers forbid CONFIG. Undefined where it cannot be asked, for whatever reason: it does not answer, or does not let this user. */
export async function askRedis(target: RedisTarget, { signal }: CallOptions = {}): Promise<RedisKeeping | undefined> {
  signal?.throwIfAborted();
  const client = new Redis(await clientOptions(target));
  const stop = (): void => client.disconnect();
  signal?.addEventListener('abort', stop, { once: true });
  // The library's errors hold the password: none goes further.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const said = `${await client.info('memory')}\n${await client.info('persistence')}`;
    const policy = /^maxmemory_policy:(\S+)/mu.exec(said)?.[1];
    return policy === undefined ? undefined : { maxmemoryPolicy: policy, hasAppendOnlyFile: /^aof_enabled:1/mu.test(said) };
  } catch {
    return undefined;
  } finally {
    signal?.removeEventListener('abort', stop);
    client.disconnect();
  }
}

async function clientOptions({ host, port, user, password, tls }: RedisTarget) {
  const ca = tls?.caFile === undefined ? {} : { ca: await readFile(tls.caFile, 'utf8') };
  return {
    host,
    port,
    ...(user === '' ? {} : { username: user }),
    ...(password === '' ? {} : { password }),
    ...(tls === undefined ? {} : { tls: { ...ca, ...(isIP(host) === 0 ? { servername: host } : {}) } }),
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: () => null,
  };
}
