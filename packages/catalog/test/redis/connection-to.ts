import type { ServerAccess } from '@holdfast/testkit/servers';
import { parseRedisConfig } from '../../src/redis/config.js';
import { type Connection, openConnection } from '../../src/redis/connection.js';
import { sectionOf } from './fixture.js';

/** A connection below the store. */
export function connectionTo(access: ServerAccess): Connection {
  const config = parseRedisConfig({ ...sectionOf(access), connectTimeout: '30s', queryTimeout: '30s' });
  return openConnection({ config, sources: { environment: { HOLDFAST_CATALOG_PASSWORD: access.password } }, isCluster: false });
}
