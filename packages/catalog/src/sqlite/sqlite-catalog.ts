import type { CallOptions, CatalogPlugin, MetadataStore } from '@holdfast/core';
import { Kysely } from 'kysely';
import * as z from 'zod';
import type { CatalogTables } from '../sql/schema.js';
import { openSqlMetadataStore } from '../sql/sql-metadata-store.js';
import { parseSqliteConfig, sqliteConfigFromUrl, sqliteConfigSchema } from './config.js';
import { NodeSqliteDialect } from './dialect.js';
import { sqliteFlavour } from './flavour.js';

/** The catalog in one file on this machine; the embedded default. The platform's own SQLite: no client to install. */
export function sqlite(): CatalogPlugin {
  return {
    type: 'sqlite',
    isOfOneMachine: true,
    urlSchemes: ['sqlite'],
    configSchema: z.toJSONSchema(sqliteConfigSchema),
    configFromUrl: sqliteConfigFromUrl,
    open: (config, options) => open(config, options),
  };
}

async function open(config: unknown, options?: CallOptions): Promise<MetadataStore> {
  const { path } = parseSqliteConfig(config);
  const db = new Kysely<CatalogTables>({ dialect: new NodeSqliteDialect(path) });
  return openSqlMetadataStore(db, sqliteFlavour(path), options);
}
