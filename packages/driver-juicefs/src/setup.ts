import type { BucketClient, BucketClients } from './client.js';
import { readBucketKeys } from './credentials.js';
import type { AskRedis } from './redis-keeping.js';
import type { JuicefsProgram } from './run-juicefs.js';

/** All that the driver's calls share. */
export interface Setup extends JuicefsProgram {
  readonly buckets: BucketClients;
  /** Asks a Redis that was given how it keeps data. Undefined: none is asked. */
  readonly askRedis?: AskRedis | undefined;
}

/** Runs a task with a client of the bucket, with the keys as they are now. */
export async function withBucket<T>({ config, sources, buckets }: Setup, task: (bucket: BucketClient) => Promise<T>): Promise<T> {
  const { name, region, endpoint } = config.bucket;
  const bucket = buckets({ name, region, endpoint }, await readBucketKeys(config, sources.environment));
  try {
    return await task(bucket);
  } finally {
    bucket.close();
  }
}
