import { type CallOptions, type HoldfastError, isHoldfastError } from '@holdfast/core';
import { type Standing, waitUntil } from '@holdfast/core/provision';
import type { SqlPort, SqlSession, SqlTarget } from '../client.js';
import type { Workshop } from '../resources/workshop.js';

export type Connect = (target: SqlTarget, call: CallOptions) => Promise<SqlSession>;

type Tried = { readonly session: SqlSession } | { readonly refused: HoldfastError };

const patienceMs = 180_000;
const tried: Standing = { standing: 'ready', state: 'answering' };

/** The name of a new instance is known only some time after it is available: one that does not answer is tried again for three minutes. */
export function connectSoon(sql: SqlPort, { clock, signal }: Workshop): Connect {
  return async (target, call) => {
    const read = async (options: CallOptions): Promise<Tried> => {
      try {
        return { session: await sql.connect(target, options) };
      } catch (error) {
        if (isHoldfastError(error) && error.kind === 'not-found') return { refused: error };
        throw error;
      }
    };
    const resource = `${target.engine} at ${target.host}:${target.port}`;
    const request = {
      resource,
      operation: 'provision.session',
      read,
      classify: () => tried,
      minDelayMs: 1000,
      maxDelayMs: 10_000,
      deadlineMs: patienceMs,
    };
    const outcome = await waitUntil(request, { clock, signal: call.signal ?? signal });
    if ('refused' in outcome) throw outcome.refused;
    return outcome.session;
  };
}
