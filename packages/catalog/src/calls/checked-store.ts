import type { MetadataStore } from '@holdfast/core';
import type * as z from 'zod';
import * as schemas from './argument-schemas.js';
import { refuse } from './values.js';

/** The store, refusing what cannot be kept as it was given: the one place for all engines. Limits and cursors of pages are read where pages are made. */
export function checkedStore(store: MetadataStore): MetadataStore {
  const { job, holder, lease, ttlMs } = schemas;
  return {
    ...store,
    acquireLease: async (...call) => {
      check({ job, holder, ttlMs }, call);
      return store.acquireLease(...call);
    },
    renewLease: async (...call) => {
      check({ lease, ttlMs }, call);
      return store.renewLease(...call);
    },
    releaseLease: async (...call) => {
      check({ lease }, call);
      return store.releaseLease(...call);
    },
    breakLease: async (...call) => {
      check({ lease }, call);
      return store.breakLease(...call);
    },
    currentLease: async (...call) => {
      check({ job }, call);
      return store.currentLease(...call);
    },
    putJob: async (...call) => {
      check({ record: schemas.jobRecord }, call);
      return store.putJob(...call);
    },
    listJobs: async (query = {}, options) => {
      check({ updatedAfter: schemas.updatedAfter }, [query.updatedAfter]);
      return store.listJobs(query, options);
    },
    putAttempt: async (...call) => {
      check({ record: schemas.attemptRecord }, call);
      return store.putAttempt(...call);
    },
    putCheckpoint: async (...call) => {
      check({ record: schemas.checkpointRecord }, call);
      return store.putCheckpoint(...call);
    },
    removeCheckpoints: async (...call) => {
      check({ job, numbers: schemas.numbers }, call);
      return store.removeCheckpoints(...call);
    },
    appendEvent: async (...call) => {
      check({ record: schemas.eventRecord }, call);
      return store.appendEvent(...call);
    },
  };
}

/** The arguments' schemas in their order. Throws for the first that is not right. */
function check(wanted: Readonly<Record<string, z.ZodType>>, call: readonly unknown[]): void {
  for (const [place, [argument, schema]] of Object.entries(wanted).entries()) {
    const issue = schema.safeParse(call[place]).error?.issues[0];
    if (issue === undefined) continue;
    const value = issue.path.reduce<unknown>(
      (inner, member) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, member) : undefined),
      call[place],
    );
    throw refuse(
      `${[argument, ...issue.path.map(String)].join('.')} ${shown(value)} is refused: ${issue.message}`,
      'Give what MetadataStore tells of',
    );
  }
}

const longestShown = 100;

function shown(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'object' && value !== null ? '(an object)' : String(value);
  return value.length <= longestShown ? `'${value}'` : `'${value.slice(0, longestShown)}…'`;
}
