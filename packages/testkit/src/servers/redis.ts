import { redisRecipe } from './redis-family.js';
import type { ServerOptions, TestServer } from './server.js';
import { startServer } from './start-server.js';

/** Starts one Redis with an append-only file. The default user is off; the owner is a user of its access list. */
export function startRedis(options: ServerOptions = {}): Promise<TestServer> {
  return startServer(redisRecipe('redis'), options);
}
