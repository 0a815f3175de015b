export type { FailureClass, SqlFlavour } from './sql/flavour.js';
export type { CatalogDatabase, CatalogTables } from './sql/schema.js';
export { openSqlMetadataStore } from './sql/sql-metadata-store.js';
