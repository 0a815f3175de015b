import { setTimeout as sleep } from 'node:timers/promises';
import type { CatalogPlugin, MetadataStore } from '@holdfast/core';

/** Loads the catalog of one type, and nothing of the others. A server's password is in HOLDFAST_CATALOG_PASSWORD. */
export async function catalogPlugin(type: string, environment: NodeJS.ProcessEnv = process.env): Promise<CatalogPlugin> {
  switch (type) {
    case 'sqlite':
      return (await import('@holdfast/catalog/sqlite')).sqlite();
    case 'mysql':
      return (await import('@holdfast/catalog/mysql')).mysql({ environment });
    case 'postgres':
      return (await import('@holdfast/catalog/postgres')).postgres({ environment });
    case 'redis':
      return (await import('@holdfast/catalog/redis')).redis({ environment });
    default:
      throw new Error(`there is no catalog of type '${type}'`);
  }
}

const openTries = 30;

/** Opens with patience what is impatient once it is open: the server may be in trouble, or the machine busy. */
export async function openPatiently(plugin: CatalogPlugin, section: unknown): Promise<MetadataStore> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await plugin.open(section);
    } catch (error) {
      if (tries === openTries) throw error;
      await sleep(200);
    }
  }
}
