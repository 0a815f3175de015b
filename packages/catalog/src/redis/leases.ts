import { randomInt, randomUUID } from 'node:crypto';
import type { CallOptions, Lease } from '@holdfast/core';
import * as z from 'zod';
import { leaseLost } from '../calls/lease-lost.js';
import type { Leases } from '../calls/parts.js';
import type { Attempt } from './call-time.js';
import type { Keys } from './keys.js';
import { json, parse, whole } from './parse.js';
import { runScript, type Script } from './run-script.js';
import { acquireScript, currentScript, freeScript, renewScript } from './scripts/lease-scripts.js';
import type { Session } from './session.js';
import { untilReplicated } from './until-replicated.js';

const holderSchema = z.object({ attempt: z.string(), host: z.string(), bootId: z.string(), pid: whole, startTicks: z.number() });
const heldSchema = z.tuple([z.string(), whole, json(holderSchema), whole, whole]);
const answerSchema = z.array(z.string()).min(1);

export function createLeases(session: Session, keys: Keys): Leases {
  const leaseOf = (job: string, answer: unknown): Lease => {
    const [, term, holder, acquiredAtMs, expiresAtMs] = parse(session.location, keys.job(job).lease, heldSchema, answer);
    return { job, holder, term, acquiredAt: new Date(acquiredAtMs).toISOString(), expiresAt: new Date(expiresAtMs).toISOString() };
  };
  const ask = async (port: Pick<Attempt, 'send' | 'sendTogether'>, job: string, wanted: Script, args: readonly (string | number)[]) => {
    const answer = await runScript(port, wanted, [keys.job(job).lease], args);
    return { answer, word: parse(session.location, keys.job(job).lease, answerSchema, answer)[0] };
  };
  const free = (operation: string, lease: Lease, options?: CallOptions): Promise<boolean> => {
    const call = randomUUID();
    return session.write(
      operation,
      async (attempt) => (await runScript(attempt, freeScript, [keys.job(lease.job).lease], [lease.holder.attempt, lease.term, call])) === 1,
      options,
    );
  };
  return {
    acquireLease: async (job, holder, ttlMs, options) => {
      return session.write(
        'catalog.acquireLease',
        async (attempt) => {
          const { answer, word } = await ask(attempt, job, acquireScript, [holder.attempt, JSON.stringify(holder), ttlMs, randomInt(4096)]);
          if (word === 'held') return { acquired: false, current: leaseOf(job, answer) };
          attempt.commit();
          if (word === 'given') await untilReplicated(attempt, keys.job(job).lease);
          return { acquired: true, lease: leaseOf(job, answer) };
        },
        options,
      );
    },
    renewLease: async (lease, ttlMs, options) => {
      const { job, holder, term } = lease;
      const args = [holder.attempt, term, ttlMs, JSON.stringify(holder), Date.parse(lease.acquiredAt)];
      return session.write(
        'catalog.renewLease',
        async (attempt) => {
          const { answer, word } = await ask(attempt, job, renewScript, args);
          if (word === 'renewed') return leaseOf(job, answer);
          throw leaseLost(lease, word === 'free' ? undefined : leaseOf(job, answer));
        },
        options,
      );
    },
    releaseLease: async (lease, options) => {
      await free('catalog.releaseLease', lease, options);
    },
    breakLease: (lease, options) => free('catalog.breakLease', lease, options),
    currentLease: (job, options) =>
      session.read(
        'catalog.currentLease',
        async (port) => {
          const { answer, word } = await ask(port, job, currentScript, []);
          return word === 'free' ? undefined : leaseOf(job, answer);
        },
        options,
      ),
  };
}
