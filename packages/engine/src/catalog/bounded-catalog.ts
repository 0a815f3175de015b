import { type CallOptions, HoldfastError, type MetadataStore } from '@holdfast/core';

/** No call of a catalog takes longer: whoever waits goes on without. */
export const catalogDeadlineMs = 5000;

/**
 * The same catalog, opened when a call needs it and whenever the one before did not open. A call that does not end in time rejects with
 * HF_CATALOG_UNAVAILABLE; what becomes of it then is not known.
 */
export function boundedCatalog(
  type: string,
  open: (options: CallOptions) => Promise<MetadataStore>,
  deadlineMs: number = catalogDeadlineMs,
): MetadataStore {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every call of the contract is passed on by its name
  const target = { type } as MetadataStore;
  return new Proxy(target, {
    get: (_target, name) => {
      if (name === 'type') return type;
      // Whoever opened it closes it. A promise it is not.
      if (name === Symbol.asyncDispose) return () => Promise.resolve();
      if (typeof name !== 'string' || name === 'then') return undefined;
      return (...given: readonly unknown[]): Promise<unknown> => within(callOf(open, name, given), name, deadlineMs);
    },
  });
}

async function callOf(open: (options: CallOptions) => Promise<MetadataStore>, name: string, given: readonly unknown[]): Promise<unknown> {
  const catalog = await open({});
  const method: unknown = Reflect.get(catalog, name);
  if (typeof method !== 'function') throw new TypeError(`the catalog ${catalog.type} has no ${name}`);
  const result: unknown = Reflect.apply(method, catalog, given);
  return await result;
}

/** Rejects with HF_CATALOG_UNAVAILABLE where the work of the catalog does not end in time. */
export async function within<T>(work: Promise<T>, what: string, deadlineMs: number = catalogDeadlineMs): Promise<T> {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(() => deadline.reject(unanswered(what, deadlineMs)), deadlineMs);
  // What it ends with after the deadline is nobody's.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function unanswered(what: string, deadlineMs: number): HoldfastError {
  const seconds = deadlineMs / 1000;
  return new HoldfastError('HF_CATALOG_UNAVAILABLE', {
    message: what === 'open' ? `the catalog could not be opened within ${seconds} s` : `the catalog gave no answer to ${what} within ${seconds} s`,
    kind: 'unavailable',
    operation: `catalog.${what}`,
    hint: 'look at the server of the catalog, and whether a passwordCommand hangs; jobs and snapshots go on without it',
  });
}
