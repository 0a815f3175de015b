import type { CatalogPlugin } from '@holdfast/core';
import * as z from 'zod';
import type { PasswordSources } from '../server/credentials.js';
import { parseRedisConfig, redisConfigSchema, redisSectionFromUrl } from './config.js';

/** The catalog on Redis or Valkey, one server or a cluster. The client library is loaded by the first `open`. */
export function redis(sources: PasswordSources = {}): CatalogPlugin {
  return {
    type: 'redis',
    urlSchemes: ['redis', 'rediss'],
    configSchema: z.toJSONSchema(redisConfigSchema, { io: 'input' }),
    configFromUrl: redisSectionFromUrl,
    open: async (section, options) => {
      const config = parseRedisConfig(section);
      const { openRedisStore } = await import('./open-redis-store.js');
      return openRedisStore(config, sources, options);
    },
  };
}
