import { SqliteAdapter, SqliteDialect } from 'kysely';
import { openDatabase } from './database.js';

/** The query builder's SQLite on node:sqlite. The file is opened by the first query. */
export class NodeSqliteDialect extends SqliteDialect {
  constructor(path: string) {
    super({ database: async () => openDatabase(path) });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** SQLite's schema changes are transactional; here migrations run in one `begin immediate`, which is their lock between processes. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
