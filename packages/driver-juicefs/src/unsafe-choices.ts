import type { SettingProblem } from '@holdfast/core';
import type { BucketConfig } from './config-bucket.js';
import type { MetadataAccess } from './metadata-url.js';

interface Choices {
  readonly bucket: BucketConfig;
  readonly metadata: MetadataAccess;
  readonly mount: { readonly writeback: boolean };
  readonly allowDataLoss: boolean;
}

/** What of the choices could lose snapshots or show them to others, as a sentence and what to do instead. Pure. */
export function unsafeChoice({ bucket, metadata, mount, allowDataLoss }: Choices): SettingProblem | undefined {
  if (bucket.endpoint !== undefined && bucket.endpoint.startsWith('http:') && !bucket.allowUnencrypted && !isThisMachine(bucket.endpoint))
    return {
      message: `'bucket.endpoint' (${bucket.endpoint}) is not encrypted: whoever sees the network reads the memory of the jobs`,
      hint: "Write https://, or 'allowUnencrypted': true in bucket where the network is trusted",
    };
  if (/\.serverless\.[a-z0-9-]+\.cache\.amazonaws\.com(\.cn)?$/u.test(metadata.host))
    return {
      message: `'metadata.url' names a serverless ElastiCache (${metadata.host}), which evicts keys when it is full: files would vanish`,
      hint: 'Use MemoryDB, or RDS with PostgreSQL or MySQL',
    };
  if (/\.cache\.amazonaws\.com(\.cn)?$/u.test(metadata.host) && !allowDataLoss)
    return {
      message: `'metadata.url' names ElastiCache (${metadata.host}), whose fail-over loses writes that it acknowledged, and with them snapshots`,
      hint: "Use MemoryDB, or RDS with PostgreSQL or MySQL; or write 'allowDataLoss': true to take the risk",
    };
  if (mount.writeback && !allowDataLoss)
    return {
      message: "'mount.writeback' calls a snapshot durable while it is on this machine's disk alone, which is lost with a Spot instance",
      hint: "Leave it out; or write 'allowDataLoss': true to take the risk",
    };
  return undefined;
}

function isThisMachine(endpoint: string): boolean {
  return /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|$)/u.test(endpoint);
}
