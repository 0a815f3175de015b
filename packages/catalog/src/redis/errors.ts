import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { ConnectFailure } from './connect-failure.js';

/** What a caller may do about a foreign error: `transient` ones go away by trying the same again soon. */
export type FailureClass = 'transient' | 'unavailable' | 'corrupt' | 'unknown';

/** What a script answers where it finds what no script wrote. */
export const corruptReply = 'HFCORRUPT';

// https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors: the first word says what it is.
const classes: Readonly<Record<string, FailureClass>> = {
  READONLY: 'transient',
  LOADING: 'transient',
  MASTERDOWN: 'transient',
  CLUSTERDOWN: 'transient',
  TRYAGAIN: 'transient',
  MOVED: 'transient',
  ASK: 'transient',
  BUSY: 'transient',
  NOREPLICAS: 'transient',
  UNKILLABLE: 'transient',
  NOPERM: 'unavailable',
  NOAUTH: 'unavailable',
  OOM: 'unavailable',
  MISCONF: 'unavailable',
  WRONGTYPE: 'corrupt',
  [corruptReply]: 'corrupt',
};

/** What the client library says of a connection that is not there or breaks; it has no codes for that. */
const broken =
  /^(Connection is closed|Stream isn't writeable|Command timed out|Socket timeout|Cluster isn't ready|Cluster is ended|Reached the max retries|Command aborted|Too many Cluster redirections|Failed to refresh slots|None of startup nodes)/u;
const lost = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

/** Sorts what the server and the client library throw. */
export function classifyRedisError(error: unknown): FailureClass {
  if (error instanceof ConnectFailure) return error.isFinal ? 'unavailable' : 'transient';
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string' && lost.has(error.code)) return 'transient';
  if (broken.test(error.message)) return 'transient';
  return classes[/^[A-Z]+/u.exec(error.message)?.[0] ?? ''] ?? 'unknown';
}

/** A foreign error as ours. Of the library's own nothing is kept but the words: it repeats what was sent. */
export function translate(location: string, operation: string, error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  const words = error instanceof Error ? error.message : String(error);
  const rest = { operation, context: { location }, cause: error instanceof ConnectFailure ? error : new Error(words) };
  if (error instanceof ConnectFailure && error.isMisconfigured)
    return new HoldfastError('HF_CONFIG', { kind: 'invalid-argument', message: `The catalog ${location}: ${words}`, hint: error.remedy, ...rest });
  switch (classifyRedisError(error)) {
    case 'corrupt':
      return corrupt(location, words, operation);
    case 'transient':
    case 'unavailable':
      return new HoldfastError('HF_CATALOG_UNAVAILABLE', {
        kind: 'unavailable',
        message: `The catalog ${location} does not answer: ${words}`,
        hint: remedy(error, words),
        ...rest,
      });
    case 'unknown':
    default:
      return new HoldfastError('HF_UNEXPECTED', { kind: 'unexpected', message: `The catalog ${location} failed: ${words}`, ...rest });
  }
}

export function corrupt(location: string, words: string, operation?: string): HoldfastError {
  return new HoldfastError('HF_CATALOG_CORRUPT', {
    kind: 'corrupt',
    message: `The catalog ${location} is damaged: ${words}`,
    ...(operation === undefined ? {} : { operation }),
    context: { location },
    hint: 'The catalog can be rebuilt from the repository: name another prefix for its keys, or remove those of this one, and start again',
  });
}

function remedy(error: unknown, words: string): string {
  if (error instanceof ConnectFailure) return error.remedy;
  if (words.startsWith('NOPERM')) return "Give the user the right to the catalog's keys and commands: see docs/catalog-redis.md";
  if (words.startsWith('OOM')) return 'Give the server more memory, or remove what else is in it';
  if (words.startsWith('MISCONF')) return "Look at the server's disk and its log: it takes no writes while it cannot save them";
  return 'Look whether the server, or the primary of each part of its cluster, runs and can be reached from here';
}
