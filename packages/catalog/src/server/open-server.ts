import type { CallOptions, MetadataStore } from '@holdfast/core';
import { type Dialect, Kysely } from 'kysely';
import type { SqlFlavour } from '../sql/flavour.js';
import type { CatalogDatabase, CatalogTables } from '../sql/schema.js';
import { openSqlMetadataStore } from '../sql/sql-metadata-store.js';
import { connector, type ServerClient } from './connect.js';
import { type ConnectionPool, createConnectionPool } from './connection-pool.js';
import type { PasswordSources } from './credentials.js';
import type { ServerConfig } from './server-config.js';

/** All that differs from one kind of database server to the next, with its client library. */
export interface ServerEngine {
  readonly client: ServerClient;
  readonly dialect: (pool: ConnectionPool) => Dialect;
  readonly flavour: (config: ServerConfig) => SqlFlavour;
}

/** For statements that change tables, which may be large. */
const migrationTimeoutMs = 600_000;

/** Opens the catalog on a database server. Rejects after some seconds where the server cannot be reached. */
export async function openServer(
  engine: ServerEngine,
  config: ServerConfig,
  sources: PasswordSources,
  options?: CallOptions,
): Promise<MetadataStore> {
  const database = (limits: Partial<ServerConfig>): CatalogDatabase => {
    const limited = { ...config, ...limits };
    const pool = createConnectionPool(connector(engine.client, limited, sources), limited);
    return new Kysely<CatalogTables>({ dialect: engine.dialect(pool) });
  };
  return openSqlMetadataStore(database({}), engine.flavour(config), {
    ...options,
    migrationDatabase: () => database({ connections: 1, queryTimeoutMs: migrationTimeoutMs }),
  });
}
