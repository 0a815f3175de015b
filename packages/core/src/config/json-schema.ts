import * as z from 'zod';
import type { CatalogPlugin } from '../metadata/metadata-store.js';
import type { StoragePlugin } from '../storage/storage-driver.js';
import { deploymentConfigSchema } from './deployment-config.js';

/** The JSON Schema of the configuration file, with the sections that these plugins take. */
export function deploymentJsonSchema(plugins: {
  readonly drivers: readonly Pick<StoragePlugin, 'configSchema'>[];
  readonly catalogs: readonly Pick<CatalogPlugin, 'configSchema'>[];
}): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(deploymentConfigSchema, { io: 'input' });
  return {
    ...schema,
    title: 'Holdfast deployment',
    properties: {
      ...schema.properties,
      storage: section('Where snapshots are kept; by default the local directory storage below stateDirectory.', plugins.drivers),
      catalog: section('Where jobs are indexed; by default the SQLite file catalog.sqlite in stateDirectory.', plugins.catalogs),
    },
  };
}

function section(description: string, plugins: readonly { readonly configSchema: Readonly<Record<string, unknown>> }[]): Record<string, unknown> {
  return { description, oneOf: plugins.map(({ configSchema }) => withoutDialect(configSchema)) };
}

/** Only the outermost schema says which JSON Schema it is written in. */
function withoutDialect(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
}
