import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '@holdfast/core';
import { type Attempt, CallOver, CallTime } from './call-time.js';
import type { Connection, RedisPort } from './connection.js';
import { classifyRedisError, translate } from './errors.js';

export interface SessionOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Where every call of the store goes through: abort, the call's time, what went wrong tried again, foreign errors translated. */
export interface Session {
  /** Where the data is, for messages; never a secret. */
  readonly location: string;
  /** `run` must be repeatable: a try whose answer was lost may have done its work. */
  read<T>(operation: string, run: (port: RedisPort) => Promise<T>, options?: SessionOptions): Promise<T>;
  /** An abort does not cut short the answer to what was sent: it tells whether something was written. */
  write<T>(operation: string, run: (attempt: Attempt) => Promise<T>, options?: SessionOptions): Promise<T>;
  close(): void;
}

const readyPollMs = 20;
const [leastPauseMs, mostPauseMs] = [20, 500] as const;

export function createSession(connection: Connection, { location, timeoutMs }: { readonly location: string; readonly timeoutMs: number }): Session {
  const closing = new AbortController();

  const call = async <T>(operation: string, run: (attempt: Attempt) => Promise<T>, signal: AbortSignal | undefined, isRead: boolean): Promise<T> => {
    const time = new CallTime(timeoutMs, signal);
    const wakers = [time.end, closing.signal, ...(signal === undefined ? [] : [signal])];
    const impatient = AbortSignal.any(isRead ? wakers : [time.end, closing.signal]);
    let failure: unknown;
    for (let pauseMs: number = leastPauseMs; ; pauseMs = Math.min(2 * pauseMs, mostPauseMs)) {
      if (closing.signal.aborted) throw closed(location, operation);
      if (time.isAborted()) throw aborted(operation);
      if (time.end.aborted)
        throw translate(location, operation, connection.failure() ?? failure ?? new Error(`Command timed out after ${timeoutMs} ms`));
      try {
        await untilReady(connection, time, closing.signal);
        return await unless(impatient, run(time.attempt(connection)));
      } catch (error) {
        if (!(error instanceof CallOver)) {
          if (classifyRedisError(error) !== 'transient') throw translate(location, operation, error);
          failure = error;
          await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: AbortSignal.any(wakers) }).catch(() => undefined);
        }
      }
    }
  };
  return {
    location,
    read: (operation, run, options) => call(operation, run, options?.signal, true),
    write: (operation, run, options) => call(operation, run, options?.signal, false),
    close() {
      closing.abort();
      connection.close();
    },
  };
}

async function untilReady(connection: Connection, time: CallTime, closing: AbortSignal): Promise<void> {
  while (!connection.isReady()) {
    const failure = connection.failure();
    if (failure?.isFinal === true) throw failure;
    if (closing.aborted) throw new CallOver();
    time.assertOn();
    await sleep(readyPollMs);
  }
}

/** What `work` comes to, or the end of waiting for it: then its fate is nobody's concern. */
function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new CallOver());
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  });
}

function aborted(operation: string): HoldfastError {
  return new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} was aborted`, operation });
}

function closed(location: string, operation: string): HoldfastError {
  return new HoldfastError('HF_CATALOG_UNAVAILABLE', {
    kind: 'unavailable',
    message: `The catalog ${location} does not answer: it was closed`,
    operation,
    context: { location },
    hint: 'Open it again',
  });
}
