import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnType, SqlFlavour } from './flavour.js';

export type OrderedColumn = string | { readonly column: string; readonly order: 'desc' };

/** Changes of the schema that may be repeated from the start: not every database undoes those of a migration that was broken off. */
export interface SchemaChanges {
  createTable(name: string, columns: (table: CreateTableBuilder<string>) => CreateTableBuilder<string>): Promise<void>;
  /** It is null in the rows that are there. */
  addColumn(table: string, name: string, type: ColumnType): Promise<void>;
  createIndex(name: string, table: string, columns: readonly OrderedColumn[]): Promise<void>;
  /** Null is in it any number of times. */
  createUniqueIndex(name: string, table: string, column: string): Promise<void>;
  dropIndex(name: string, table: string): Promise<void>;
}

export async function schemaChanges(db: Kysely<unknown>, flavour: SqlFlavour): Promise<SchemaChanges> {
  const options = await flavour.tableOptions?.(db);
  const once = async (change: Promise<void>): Promise<void> => {
    try {
      await change;
    } catch (error) {
      if (flavour.isAlreadyDone?.(error) !== true) throw error;
    }
  };
  return {
    createTable: (name, columns) => {
      const table = columns(db.schema.createTable(name));
      return once((options === undefined ? table : table.modifyEnd(options)).execute());
    },
    addColumn: (table, name, type) => once(db.schema.alterTable(table).addColumn(name, type).execute()),
    createUniqueIndex: (name, table, column) => once(db.schema.createIndex(name).on(table).column(column).unique().execute()),
    createIndex: (name, table, columns) => {
      let index = db.schema.createIndex(name).on(table);
      for (const each of columns) index = typeof each === 'string' ? index.column(each) : index.column(`${each.column} ${each.order}`);
      return once(index.execute());
    },
    dropIndex: (name, table) => {
      const drop = db.schema.dropIndex(name);
      return once((flavour.dropsIndexOfTable === true ? drop.on(table) : drop).execute());
    },
  };
}
