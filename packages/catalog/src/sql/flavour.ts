import type { ColumnDefinitionBuilder, RawBuilder } from 'kysely';

/** What a caller may do about a foreign error: `transient` ones go away by trying the same transaction again soon. */
export type FailureClass = 'transient' | 'unavailable' | 'corrupt' | 'unknown';

/** All that differs between the databases beside the query builder's own dialect. */
export interface SqlFlavour {
  /** The store's type: `sqlite`. */
  readonly type: string;
  /** Where the data is, for messages: a path, or a host and a database's name. Never a secret. */
  readonly location: string;
  /** The time by the database's clock, as whole milliseconds since 1970. */
  readonly nowMs: RawBuilder<number>;
  /** Makes a whole-number column count by itself. */
  identity(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** Sorts a foreign error; pure. */
  classify(error: unknown): FailureClass;
  /** What the reader can do where the data is corrupt. */
  readonly corruptHint: string;
  /** Why the database does not answer, as the end of a sentence about it, and what the reader can do. */
  unavailable(error: unknown): { readonly words: string; readonly hint: string };
}
