import { HoldfastError, isHoldfastError } from '@holdfast/core';
import type { Transaction } from 'kysely';
import pRetry from 'p-retry';
import type { SqlFlavour } from './flavour.js';
import type { CatalogDatabase, CatalogTables } from './schema.js';

export type CatalogTransaction = Transaction<CatalogTables>;

export interface SessionOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Where every call of the store goes through: abort, transactions tried again on a conflict, foreign errors translated. */
export interface Session {
  readonly flavour: SqlFlavour;
  read<T>(operation: string, run: (db: CatalogDatabase) => Promise<T>, options?: SessionOptions): Promise<T>;
  write<T>(operation: string, run: (trx: CatalogTransaction) => Promise<T>, options?: SessionOptions): Promise<T>;
}

/** How long a call goes on trying a transaction that another one stands in the way of. */
const busyTimeMs = 10_000;

export function createSession(db: CatalogDatabase, flavour: SqlFlavour): Session {
  return {
    flavour,
    read: (operation, run, options) => attempt(flavour, operation, () => run(db), options),
    write: (operation, run, options) => {
      const transaction = (): ReturnType<typeof run> =>
        db.transaction().execute(async (trx) => {
          const result = await run(trx);
          // The last moment at which nothing is written.
          options?.signal?.throwIfAborted();
          return result;
        });
      return attempt(flavour, operation, transaction, options);
    },
  };
}

/** Runs one whole call: what it does must be repeatable as long as nothing of it was committed. */
export async function attempt<T>(flavour: SqlFlavour, operation: string, run: () => Promise<T>, options?: SessionOptions): Promise<T> {
  const signal = options?.signal;
  let done: { readonly result: T } | undefined;
  const runOnce = async (): Promise<T> => {
    const result = await run();
    done = { result };
    return result;
  };
  try {
    signal?.throwIfAborted();
    return await pRetry(runOnce, {
      // Time ends it, not their number.
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 5,
      maxTimeout: 100,
      randomize: true,
      maxRetryTime: busyTimeMs,
      shouldRetry: ({ error }) => flavour.classify(error) === 'transient',
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    // What was committed was not aborted, however late the signal came.
    if (done !== undefined) return done.result;
    throw translate(flavour, operation, error, signal);
  }
}

function translate(flavour: SqlFlavour, operation: string, error: unknown, signal: AbortSignal | undefined): HoldfastError {
  if (isHoldfastError(error)) return error;
  const { location } = flavour;
  const rest = { operation, context: { location }, cause: error };
  if (signal?.aborted === true) return new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} was aborted`, ...rest });
  const words = error instanceof Error ? error.message : String(error);
  switch (flavour.classify(error)) {
    case 'corrupt':
      return new HoldfastError('HF_CATALOG_CORRUPT', {
        kind: 'corrupt',
        message: `The catalog ${location} is damaged: ${words}`,
        hint: flavour.corruptHint,
        ...rest,
      });
    case 'transient':
    case 'unavailable': {
      const why = flavour.unavailable(error);
      return new HoldfastError('HF_CATALOG_UNAVAILABLE', {
        kind: 'unavailable',
        message: `The catalog ${location} ${why.words}: ${words}`,
        hint: why.hint,
        ...rest,
      });
    }
    case 'unknown':
    default:
      return new HoldfastError('HF_UNEXPECTED', { kind: 'unexpected', message: `The catalog ${location} failed: ${words}`, ...rest });
  }
}
