import type { CallOptions } from '@holdfast/core';
import type { QueryResult } from 'kysely';

/** One session of a database server, as this package needs it of a client library. */
export interface ServerConnection {
  query(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>>;
  /** Calls back once where the connection is lost while nothing is asked of it. */
  onLost(listener: () => void): void;
  /** Takes leave of the server, once what was asked is answered. */
  quit(): Promise<void>;
  /** Ends it at once; what runs on it is undone by the server. Repeats are harmless. */
  close(): void;
}

/** Makes a session that is ready for the catalog. Ends by itself within the connect timeout. */
export type Connect = (options?: CallOptions) => Promise<ServerConnection>;

/** What a call of a server that does not answer in time rejects with. */
export class DeadlineError extends Error {
  readonly code = 'HOLDFAST_DEADLINE';
}

/** Rejects, after `onLate`, where the promise is not settled in time. */
export async function inTime<T>(promise: Promise<T>, timeoutMs: number, what: string, onLate: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate();
      reject(new DeadlineError(`${what} took longer than ${timeoutMs / 1000} s`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
