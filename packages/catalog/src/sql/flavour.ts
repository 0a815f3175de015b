import type { ColumnDefinitionBuilder, Kysely, RawBuilder } from 'kysely';

/**
 * What a caller may do about a foreign error: `transient` ones go away by trying the same transaction again soon; after a `lost` one the same may do
 * on a new connection, and nobody knows whether a commit that it interrupted was done.
 */
export type FailureClass = 'transient' | 'lost' | 'unavailable' | 'corrupt' | 'unknown';

/** What a column's type is called. */
export type ColumnType = 'text' | 'integer' | 'bigint' | RawBuilder<unknown>;

/** All that differs between the databases beside the query builder's own dialect. */
export interface SqlFlavour {
  /** The store's type: `sqlite`. */
  readonly type: string;
  /** Where the data is, for messages: a path, or a host and a database's name. Never a secret. */
  readonly location: string;
  /** How long a call goes on trying a transaction after a `transient` or `lost` failure. */
  readonly retryForMs: number;
  /** The time by the database's clock, not by the transaction's start, as whole milliseconds since 1970. */
  readonly nowMs: RawBuilder<number>;
  readonly types: {
    /** A text that is compared and sorted by its bytes, blanks at its end included, and that an index takes. */
    readonly key: (length: number) => RawBuilder<unknown>;
    /** A text of any length. */
    readonly text: ColumnType;
    readonly identity: ColumnType;
  };
  /** Makes a whole-number column count by itself. */
  identity(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** What ends the statement that makes a table. */
  readonly tableOptions?: (db: Kysely<unknown>) => Promise<RawBuilder<unknown>>;
  /** Whether the statement that drops an index must name its table. */
  readonly dropsIndexOfTable?: boolean;
  /** Whether a change of the schema was refused because it is done already. For databases whose schema changes are no transactions. */
  isAlreadyDone?(error: unknown): boolean;
  /** Sorts a foreign error; pure. */
  classify(error: unknown): FailureClass;
  /** What the reader can do where the data is corrupt. */
  readonly corruptHint: string;
  /** Why the database does not answer, as the end of a sentence about it, and what the reader can do. */
  unavailable(error: unknown): { readonly words: string; readonly hint: string };
}
