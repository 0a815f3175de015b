import type { CatalogPlugin } from '@holdfast/core';
import { sqlite } from '@holdfast/catalog/sqlite';

/** Loads the catalog of one type, and nothing of the others. */
export async function catalogPlugin(type: string): Promise<CatalogPlugin> {
  switch (type) {
    case 'sqlite':
      return sqlite();
    default:
      throw new Error(`there is no catalog of type '${type}'`);
  }
}
