import type { CatalogPlugin } from '@holdfast/core';
import type { PasswordSources } from '../server/credentials.js';
import { serverCatalog } from '../server/server-catalog.js';

/** The catalog in a database of MySQL (from 8.0.17) or MariaDB (from 10.8). The client library is loaded by the first `open`. */
export function mysql(sources: PasswordSources = {}): CatalogPlugin {
  return serverCatalog(
    { type: 'mysql', urlSchemes: ['mysql', 'mariadb'], defaultPort: 3306, load: async () => (await import('./open.js')).open },
    sources,
  );
}
