export type { RedisKeeping, RedisTarget } from './ask-redis.js';
export { askRedis } from './ask-redis.js';
export type { ServerSession, SessionTarget } from './server-sessions.js';
export { serverSessions } from './server-sessions.js';
