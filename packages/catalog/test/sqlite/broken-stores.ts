import { randomUUID } from 'node:crypto';
import type { CheckpointRecord, EventRecord, JobRecord, Lease, MetadataStore, Page, RecordQuery } from '@holdfast/core';

type Break = (store: MetadataStore) => MetadataStore;

/** For each promise a store that breaks it. */
export const brokenStores: Readonly<Record<string, Break>> = {
  'a free lease is given for the time asked': (store) => ({
    ...store,
    acquireLease: (job, holder, ttlMs) => store.acquireLease(job, holder, ttlMs + 1),
  }),
  'of callers at the same time exactly one gets the lease, and the others are told who': everybodyWins,
  'a lease held by another attempt is not given: the holder is, without an error': (store) => ({
    ...store,
    acquireLease: async (job, holder, ttlMs) => {
      const outcome = await store.acquireLease(job, holder, ttlMs);
      if (!outcome.acquired) throw new Error('held');
      return outcome;
    },
  }),
  'the same attempt again renews and keeps the term': breakFirst,
  'an expired lease is given to another attempt, with a higher term': lateBy(3_600_000),
  'the term grows with each acquisition and never repeats': changeLease((lease) => ({ ...lease, term: 1 })),
  "different jobs' leases are independent": (store) => ({
    ...store,
    acquireLease: (job, holder, ttlMs) => store.acquireLease(job.trim().toLowerCase(), holder, ttlMs),
  }),
  'renewal prolongs by the time given and keeps the term': (store) => ({ ...store, renewLease: (lease) => store.renewLease(lease, 1) }),
  'an expired lease that nobody took is renewed': (store) => ({
    ...store,
    renewLease: async (lease, ttlMs) => {
      if ((await store.currentLease(lease.job)) === undefined) throw new Error('expired');
      return store.renewLease(lease, ttlMs);
    },
  }),
  'renewal of a lease that another took rejects with HF_LEASE_LOST and leaves the other alone': renewsAnything,
  'renewal of a lease that was released or broken rejects with HF_LEASE_LOST': renewsAnything,
  'renewal of an earlier term, or of the term under another name, rejects with HF_LEASE_LOST': renewsAnything,
  'release frees the lease; a repeat is harmless': (store) => ({ ...store, releaseLease: async () => {} }),
  'release of a lease that is no longer held leaves the one that is': (store) => ({ ...store, releaseLease: (lease) => freeAny(store, lease) }),
  'break frees that very term only, and tells whether it did': (store) => ({
    ...store,
    breakLease: async (lease) => {
      await freeAny(store, lease);
      return true;
    },
  }),
  'there is no current lease where it is free, expired or was never taken': lateBy(3_600_000),
  'a time to live that is no whole number of milliseconds above zero, or above 24 days, is refused': (store) => ({
    ...store,
    acquireLease: (job, holder, ttlMs) => store.acquireLease(job, holder, Math.max(1, Math.round(ttlMs) || 1)),
  }),

  'a job that was never put is undefined': (store) => ({
    ...store,
    getJob: async (job) => (await store.getJob(job)) ?? Promise.reject(new Error('absent')),
  }),
  'a job comes back as it was put, on every connection': changeJob((record) => ({ ...record, exitCode: record.exitCode ?? 0 })),
  'a put replaces by name and keeps the first createdAt': changeJob((record) => ({ ...record, createdAt: record.updatedAt })),
  'jobs are listed by updatedAt, newest first, then by name': (store) => ({
    ...store,
    listJobs: async (query) => {
      const page = await store.listJobs(query);
      return { ...page, items: page.items.toSorted((a, b) => (a.job < b.job ? -1 : 1)) };
    },
  }),
  'jobs are found by status, prefix, label, time, and all of them together': (store) => ({
    ...store,
    listJobs: async ({ prefix = '', ...query } = {}) => {
      const page = await store.listJobs(query);
      return { ...page, items: page.items.filter(({ job }) => job.toLowerCase().startsWith(prefix.toLowerCase())) };
    },
  }),
  'jobs are found by their repository': (store) => ({ ...store, listJobs: (query) => store.listJobs(query?.status && { status: query.status }) }),
  'pages join to the whole list, also where many have the same time': byOffset(1),
  'a cursor skips and repeats no job that did not change': byOffset(0),
  'a page holds 100 jobs where no limit is given, and there is no cursor behind the last': (store) => ({
    ...store,
    listJobs: (query) => store.listJobs({ limit: 1000, ...query }),
  }),
  'a limit, cursor or time that is not right is refused': (store) => ({
    ...store,
    listJobs: ({ limit = 100, ...query } = {}) => store.listJobs({ ...query, limit: Math.min(1000, Math.max(1, Math.round(limit))) }),
  }),

  'attempts are replaced by job and attempt, and listed newest first': (store) => ({
    ...store,
    listAttempts: async (job) => (await store.listAttempts(job)).toReversed(),
  }),
  'checkpoints are replaced by job and number, and listed newest first': changeCheckpoints((page) => ({
    ...page,
    items: page.items.toSorted((a, b) => (String(a.number) < String(b.number) ? 1 : -1)),
  })),
  'removal takes the checkpoints named, of that job, and ignores absent ones': (store) => ({
    ...store,
    removeCheckpoints: (job, numbers) => store.removeCheckpoints(job, numbers.slice(0, 1)),
  }),
  'a job is removed with all that is known of it, and no other; its lease stays': (store) => ({ ...store, removeJob: () => Promise.resolve() }),
  'events are listed newest first, those of one time in reverse of their order, as they were appended': changeEvents((page) => ({
    ...page,
    items: page.items.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.type < b.type ? -1 : 1)),
  })),
  'an event that is appended again, on any connection or on several at once, changes nothing; one that differs in a part is another': (store) => ({
    ...store,
    appendEvent: (record) => store.appendEvent({ ...record, detail: { ...record.detail, call: randomUUID() } }),
    listEvents: async (job, query) => {
      const page = await store.listEvents(job, query);
      return { ...page, items: page.items.map(({ detail: { call: _call, ...detail }, ...record }) => ({ ...record, detail })) };
    },
  }),
  'pages of checkpoints join to the whole list; what comes or goes meanwhile moves no other': (store) => ({
    ...store,
    listCheckpoints: (job, query) => byCount((all) => store.listCheckpoints(job, all), query),
  }),
  'pages of events join to the whole list, also where many have the same time': (store) => ({
    ...store,
    listEvents: (job, query) => byCount((all) => store.listEvents(job, all), query),
  }),
  'who reads page by page while others write meets each record of the start once': byOffset(0),
  'a page of checkpoints or events holds 100 where no limit is given': (store) => ({
    ...store,
    listEvents: (job, query) => store.listEvents(job, { limit: 1000, ...query }),
  }),
  'a limit that is out of range, a broken cursor and one of another list are refused': (store) => ({
    ...store,
    listCheckpoints: (job, { limit = 100, ...query } = {}) => store.listCheckpoints(job, { ...query, limit: Math.max(1, Math.round(limit)) }),
  }),
  'totals count jobs by status, snapshots and bytes, of all or of one repository': (store) => ({ ...store, totals: () => store.totals() }),
  'a record whose time is not in UTC is refused': (store) => ({
    ...store,
    appendEvent: (record) => store.appendEvent({ ...record, at: new Date(record.at).toISOString() }),
  }),

  'a lease or holder with a wrong member is refused by its name, and nothing is written': (store) => ({
    ...store,
    acquireLease: (job, holder, ttlMs) => store.acquireLease(job, { ...holder, pid: Math.abs(holder.pid) }, ttlMs),
  }),
  'a record with a member that would not come back as it is is refused by its name, and nothing is written': (store) => ({
    ...store,
    putCheckpoint: (record) => store.putCheckpoint({ ...record, storedBytes: Math.min(record.storedBytes, Number.MAX_SAFE_INTEGER) }),
  }),
  'the largest numbers come back as they are, and totals above them as the nearest double': (store) => ({
    ...store,
    totals: async () => {
      const totals = await store.totals();
      return { ...totals, storedBytes: Math.min(totals.storedBytes, Number.MAX_SAFE_INTEGER) };
    },
  }),

  'several that open an empty database at once all succeed, and see the same': forgetsJobs,
  'what was written is there after all connections were closed': forgetsJobs,
  'writes from two connections at once are all kept': (store) => ({
    ...store,
    putCheckpoint: async (record) => {
      if (record.number % 7 !== 0) await store.putCheckpoint(record);
    },
  }),
  'a server whose settings lose nothing has no findings': (store) => ({
    ...store,
    findings: () => Promise.resolve([{ detail: 'forgets', remedy: 'none' }]),
  }),
  'an aborted call rejects with aborted and writes nothing': (store) => ({ ...store, appendEvent: (record) => store.appendEvent(record) }),
  'a closed store rejects with unavailable; closing it again is harmless': (store) => ({ ...store, [Symbol.asyncDispose]: async () => {} }),
};

function everybodyWins(store: MetadataStore): MetadataStore {
  return {
    ...store,
    acquireLease: async (job, holder, ttlMs) => {
      const outcome = await store.acquireLease(job, holder, ttlMs);
      return outcome.acquired ? outcome : { acquired: true, lease: outcome.current };
    },
  };
}

/** Gives a lease away for longer than was asked, and says nothing of it. */
function lateBy(extraMs: number): Break {
  return (store) => ({
    ...store,
    currentLease: async () => undefined,
    acquireLease: (job, holder, ttlMs) => store.acquireLease(job, holder, ttlMs + extraMs),
  });
}

function changeLease(change: (lease: Lease) => Lease): Break {
  return (store) => ({
    ...store,
    acquireLease: async (job, holder, ttlMs) => {
      const outcome = await store.acquireLease(job, holder, ttlMs);
      return outcome.acquired ? { acquired: true, lease: change(outcome.lease) } : outcome;
    },
  });
}

function breakFirst(store: MetadataStore): MetadataStore {
  return {
    ...store,
    acquireLease: async (job, holder, ttlMs) => {
      const current = await store.currentLease(job);
      if (current !== undefined) await store.breakLease(current);
      return store.acquireLease(job, holder, ttlMs);
    },
  };
}

function renewsAnything(store: MetadataStore): MetadataStore {
  return { ...store, renewLease: async (lease, ttlMs) => ({ ...lease, expiresAt: new Date(Date.now() + ttlMs).toISOString() }) };
}

async function freeAny(store: MetadataStore, lease: Lease): Promise<void> {
  const current = await store.currentLease(lease.job);
  if (current !== undefined) await store.breakLease(current);
}

function changeJob(change: (record: JobRecord) => JobRecord): Break {
  return (store) => ({
    ...store,
    getJob: async (job) => {
      const record = await store.getJob(job);
      return record && change(record);
    },
  });
}

function forgetsJobs(store: MetadataStore): MetadataStore {
  return { ...store, getJob: async () => undefined };
}

function changeCheckpoints(change: (page: Page<CheckpointRecord>) => Page<CheckpointRecord>): Break {
  return (store) => ({ ...store, listCheckpoints: async (job, query) => change(await store.listCheckpoints(job, query)) });
}

function changeEvents(change: (page: Page<EventRecord>) => Page<EventRecord>): Break {
  return (store) => ({ ...store, listEvents: async (job, query) => change(await store.listEvents(job, query)) });
}

async function byCount<T>(list: (query: RecordQuery) => Promise<Page<T>>, { limit = 100, cursor = '0' }: RecordQuery = {}): Promise<Page<T>> {
  const { items } = await list({ limit: 1000 });
  const end = Number(cursor) + limit;
  return { items: items.slice(Number(cursor), end), nextCursor: end < items.length ? String(end) : undefined };
}

/** Pages by a count of records, which moves when records do. */
function byOffset(skip: number): Break {
  return (store) => ({
    ...store,
    listJobs: async ({ limit = 100, cursor = '0', ...query } = {}) => {
      const { items } = await store.listJobs({ ...query, limit: 1000 });
      const end = Number(cursor) + limit;
      return { items: items.slice(Number(cursor), end), nextCursor: end < items.length ? String(end + skip) : undefined };
    },
  });
}
