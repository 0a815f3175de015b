import type { CatalogPlugin } from '@holdfast/core';
import type { PasswordSources } from '../server/credentials.js';
import { serverCatalog } from '../server/server-catalog.js';

/** The catalog in a database of PostgreSQL, from 13. The client library is loaded by the first `open`. */
export function postgres(sources: PasswordSources = {}): CatalogPlugin {
  return serverCatalog(
    { type: 'postgres', urlSchemes: ['postgres', 'postgresql'], defaultPort: 5432, load: async () => (await import('./open.js')).open },
    sources,
  );
}
