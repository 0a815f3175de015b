import { type CallOptions, HoldfastError, type MetadataStore } from '@holdfast/core';

/** No call of a catalog takes longer: whoever waits goes on without. */
export const catalogDeadlineMs = 5000;

/** Where a call takes its options. */
const optionsAt: Readonly<Record<Exclude<keyof MetadataStore, 'type' | typeof Symbol.asyncDispose>, number>> = {
  acquireLease: 3,
  renewLease: 2,
  releaseLease: 1,
  breakLease: 1,
  currentLease: 1,
  putJob: 1,
  getJob: 1,
  listJobs: 1,
  removeJob: 1,
  putAttempt: 1,
  listAttempts: 1,
  putCheckpoint: 1,
  listCheckpoints: 2,
  removeCheckpoints: 2,
  appendEvent: 1,
  listEvents: 2,
  totals: 1,
  findings: 0,
};

/**
 * The same catalog, opened when a call needs it and whenever the one before did not open. A call that does not end in time is aborted and rejects with
 * HF_CATALOG_UNAVAILABLE: it is not tried again behind its caller's back, but what was sent by then may still be done.
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
      return (...given: readonly unknown[]): Promise<unknown> => within((signal) => callOf(open, name, given, signal), name, deadlineMs);
    },
  });
}

async function callOf(
  open: (options: CallOptions) => Promise<MetadataStore>,
  name: string,
  given: readonly unknown[],
  deadline: AbortSignal,
): Promise<unknown> {
  const catalog = await open({});
  // Given up while it was opened.
  deadline.throwIfAborted();
  const method: unknown = Reflect.get(catalog, name);
  if (typeof method !== 'function' || !isCall(name)) throw new TypeError(`the catalog ${catalog.type} has no ${name}`);
  const at = optionsAt[name];
  const { signal } = (given[at] ?? {}) as CallOptions;
  const options = { signal: anyOf(signal, deadline) };
  const before = Array.from({ length: at }, (_, index) => given[index]);
  const result: unknown = Reflect.apply(method, catalog, [...before, options]);
  return await result;
}

function isCall(name: string): name is keyof typeof optionsAt {
  return Object.hasOwn(optionsAt, name);
}

export function anyOf(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal === undefined ? other : AbortSignal.any([signal, other]);
}

/** Rejects with HF_CATALOG_UNAVAILABLE, and aborts the work of the catalog, where it does not end in time. */
export async function within<T>(work: (signal: AbortSignal) => Promise<T>, what: string, deadlineMs: number = catalogDeadlineMs): Promise<T> {
  const deadline = Promise.withResolvers<never>();
  const givenUp = new AbortController();
  const timer = setTimeout(() => {
    deadline.reject(unanswered(what, deadlineMs));
    givenUp.abort();
  }, deadlineMs);
  const working = work(givenUp.signal);
  // What it ends with after the deadline is nobody's.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, deadline.promise]);
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
