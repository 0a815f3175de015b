import { HoldfastError, isHoldfastError } from '@holdfast/core';
import type { Transaction } from 'kysely';
import pRetry from 'p-retry';
import { until } from './abort.js';
import type { SqlFlavour } from './flavour.js';
import type { CatalogDatabase, CatalogTables } from './schema.js';

export type CatalogTransaction = Transaction<CatalogTables>;

export interface SessionOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A whole transaction; it may run several times. `again`: an earlier run's commit may have been done, nobody knows. */
export type Write<T> = (trx: CatalogTransaction, again: boolean) => Promise<T>;

/** Where every call of the store goes through: abort, transactions tried again on a conflict, foreign errors translated. */
export interface Session {
  readonly flavour: SqlFlavour;
  read<T>(operation: string, run: (db: CatalogDatabase) => Promise<T>, options?: SessionOptions): Promise<T>;
  write<T>(operation: string, run: Write<T>, options?: SessionOptions): Promise<T>;
}

export function createSession(db: CatalogDatabase, flavour: SqlFlavour): Session {
  return {
    flavour,
    read: (operation, run, options) => attempt(flavour, operation, () => until(options?.signal, run(db)), options),
    write: (operation, run, options) => {
      const transaction = (again: boolean): ReturnType<typeof run> => {
        let isCommitting = false;
        const whole = db.transaction().execute(async (trx) => {
          options?.signal?.throwIfAborted();
          const result = await until(options?.signal, run(trx, again));
          // The last moment at which nothing is written.
          options?.signal?.throwIfAborted();
          isCommitting = true;
          return result;
        });
        return until(options?.signal, whole, () => !isCommitting);
      };
      return attempt(flavour, operation, transaction, options);
    },
  };
}

export interface AttemptOptions extends SessionOptions {
  /** How long it is tried again where the server is lost. Default: as long as after any other failure. */
  readonly lostForMs?: number;
}

/** Runs one whole call: what it does must be repeatable as long as nothing of it was committed, and where `again` is true also after that. */
export async function attempt<T>(
  flavour: SqlFlavour,
  operation: string,
  run: (again: boolean) => Promise<T>,
  { signal, lostForMs = flavour.retryForMs }: AttemptOptions = {},
): Promise<T> {
  let done: { readonly result: T } | undefined;
  let again = false;
  const startedMs = performance.now();
  const runOnce = async (): Promise<T> => {
    const result = await run(again);
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
      maxRetryTime: flavour.retryForMs,
      shouldRetry: ({ error }) => {
        const failure = flavour.classify(error);
        again ||= failure === 'lost';
        return failure === 'transient' || (failure === 'lost' && performance.now() - startedMs < lostForMs);
      },
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
    case 'lost':
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
