import { basename, dirname, join } from 'node:path';
import { machineSessions, type PasswordSources, type StoragePlugin } from '@holdfast/core';
import * as z from 'zod';
import type { BucketClients } from './client.js';
import { juicefsConfigSchema, parseJuicefsConfig } from './config.js';
import { juicefsConfigFromUrl } from './config-url.js';
import { createJuicefsDriver } from './driver.js';

export interface JuicefsSources extends PasswordSources {
  /** Clients of S3: `s3Buckets()` of `@holdfast/driver-juicefs/aws-sdk`. */
  readonly buckets: BucketClients;
}

/** Storage in a JuiceFS volume: objects in S3, names in a database. */
export function juicefs(sources: JuicefsSources): StoragePlugin {
  return {
    type: 'juicefs',
    urlSchemes: ['juicefs'],
    configSchema: z.toJSONSchema(juicefsConfigSchema, { io: 'input' }),
    configFromUrl: juicefsConfigFromUrl,
    create: (section) => {
      const config = parseJuicefsConfig(section);
      const { path } = config.mount;
      const sessions = machineSessions(join(dirname(path), `.${basename(path)}.sessions`));
      return createJuicefsDriver({ config, sources, buckets: sources.buckets }, sessions, section);
    },
  };
}
