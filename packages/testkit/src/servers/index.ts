export { startMariadb } from './mariadb.js';
export { startMysql } from './mysql.js';
export { startPostgres } from './postgres.js';
export { missingServer } from './programs.js';
export { type ClusterOptions, type RedisCluster, startRedisCluster } from './redis-cluster.js';
export { startRedis } from './redis.js';
export type { ReplicaServer, ServerAccess, ServerKind, ServerOptions, TestServer } from './server.js';
export { type SwitchableProxy, switchableProxy } from './switchable-proxy.js';
export { startValkey } from './valkey.js';
