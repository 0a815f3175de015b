import { type CallOptions, type CatalogPlugin, type MetadataStore, parseConfigSection } from '@holdfast/core';
import * as z from 'zod';
import type { PasswordSources } from './credentials.js';
import { type ServerConfig, serverConfigSchema } from './server-config.js';
import { sectionFromUrl } from './server-url.js';

/** Opens the catalog of a parsed section. */
export type OpenServer = (config: ServerConfig, sources: PasswordSources, options?: CallOptions) => Promise<MetadataStore>;

export interface ServerKind {
  readonly type: string;
  readonly urlSchemes: readonly string[];
  readonly defaultPort: number;
  /** Loads the client library. */
  readonly load: () => Promise<OpenServer>;
}

/** The plugin of one kind of database server. */
export function serverCatalog({ type, urlSchemes, defaultPort, load }: ServerKind, sources: PasswordSources): CatalogPlugin {
  const schema = serverConfigSchema(type, defaultPort);
  const hint = `Write { "type": "${type}", "host": "db.example.org", "database": "holdfast", "user": "holdfast" }, or ${type}://holdfast@db.example.org/holdfast`;
  const parse = (config: unknown): ServerConfig => parseConfigSection(schema, config, { section: 'catalog', hint });
  return {
    type,
    urlSchemes,
    configSchema: z.toJSONSchema(schema, { io: 'input' }),
    configFromUrl: (url) => {
      const section = sectionFromUrl(type, url);
      parse(section);
      return section;
    },
    open: async (config, options) => {
      const parsed = parse(config);
      return (await load())(parsed, sources, options);
    },
  };
}
