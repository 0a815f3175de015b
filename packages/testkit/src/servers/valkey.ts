import { redisRecipe } from './redis-family.js';
import type { ServerOptions, TestServer } from './server.js';
import { startServer } from './start-server.js';

/** Starts one Valkey, as `startRedis` does Redis; its URL is one of Redis. */
export function startValkey(options: ServerOptions = {}): Promise<TestServer> {
  return startServer(redisRecipe('valkey'), options);
}
