import { type CallOptions, HoldfastError } from '@holdfast/core';
import { metadataCredentials } from './credentials.js';
import { metadataLocation } from './metadata-url.js';
import type { Setup } from './setup.js';

export interface RedisPlace {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: { readonly caFile: string | undefined } | undefined;
}

/** How a Redis keeps what it was given; undefined where it cannot be asked. */
export type AskRedis = (
  place: RedisPlace,
  options: CallOptions,
) => Promise<{ readonly maxmemoryPolicy: string; readonly hasAppendOnlyFile: boolean } | undefined>;

/**
 * Throws HF_PROVISION_UNSAFE where the metadata engine is a given Redis that removes keys, or, without `allowDataLoss`, that has no append-only file.
 * To be asked before the client: that one sets the policy itself, for as long as the server runs, and warns of the file.
 */
export async function assertRedisKeeps({ config, sources, askRedis }: Setup, operation: string, call: CallOptions): Promise<void> {
  const { metadata, allowDataLoss } = config;
  if (metadata.engine !== 'redis' || askRedis === undefined) return;
  const { user, password } = await metadataCredentials(config, sources, call);
  const { host, port, tls } = metadata;
  const keeping = await askRedis({ host, port, user, password, tls }, call);
  if (keeping === undefined) return;
  const unsafe = (words: string, hint: string): HoldfastError =>
    new HoldfastError('HF_PROVISION_UNSAFE', {
      kind: 'invalid-argument',
      message: `${metadataLocation(metadata)} ${words}`,
      operation,
      hint,
      context: { volume: config.name },
    });
  if (keeping.maxmemoryPolicy !== 'noeviction')
    throw unsafe(
      `removes keys when its memory is full (maxmemory-policy ${keeping.maxmemoryPolicy}): files would vanish`,
      'Set maxmemory-policy to noeviction in its configuration, or in the parameter group of a managed server',
    );
  if (!keeping.hasAppendOnlyFile && !allowDataLoss && !isMemorydb(host))
    throw unsafe(
      'has no append-only file: its next restart loses the latest writes, and with them snapshots',
      "Set appendonly to yes; or write 'allowDataLoss': true to take the risk",
    );
}

/** It keeps a log of its own, and says nothing of it. */
function isMemorydb(host: string): boolean {
  return /\.memorydb\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/u.test(host);
}
