import type { CallOptions, MetadataStore } from '@holdfast/core';
import { expect, test } from 'vitest';
import { boundedCatalog } from '../../src/catalog/bounded-catalog.js';

interface Heard {
  readonly name: string;
  readonly given: readonly unknown[];
}

/** A catalog whose calls do not end before they are aborted. */
function silentCatalog(heard: Heard[]): MetadataStore {
  const called = (name: string, given: readonly unknown[]): Promise<never> => {
    heard.push({ name, given });
    const { signal } = given.at(-1) as CallOptions;
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));
  };
  return new Proxy({} as MetadataStore, {
    get: (_target, name) => (name === 'then' ? undefined : (...given: readonly unknown[]): Promise<never> => called(String(name), given)),
  });
}

const unanswered = { code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' };
const aRecord = {} as never;

test.each<[string, (catalog: MetadataStore) => Promise<unknown>, readonly unknown[]]>([
  ['acquireLease', (catalog) => catalog.acquireLease('job', aRecord, 1), ['job', aRecord, 1]],
  ['renewLease', (catalog) => catalog.renewLease(aRecord, 1), [aRecord, 1]],
  ['releaseLease', (catalog) => catalog.releaseLease(aRecord), [aRecord]],
  ['breakLease', (catalog) => catalog.breakLease(aRecord), [aRecord]],
  ['currentLease', (catalog) => catalog.currentLease('job'), ['job']],
  ['putJob', (catalog) => catalog.putJob(aRecord), [aRecord]],
  ['getJob', (catalog) => catalog.getJob('job'), ['job']],
  ['listJobs', (catalog) => catalog.listJobs(), [undefined]],
  ['removeJob', (catalog) => catalog.removeJob('job'), ['job']],
  ['putAttempt', (catalog) => catalog.putAttempt(aRecord), [aRecord]],
  ['listAttempts', (catalog) => catalog.listAttempts('job'), ['job']],
  ['putCheckpoint', (catalog) => catalog.putCheckpoint(aRecord), [aRecord]],
  ['listCheckpoints', (catalog) => catalog.listCheckpoints('job'), ['job', undefined]],
  ['removeCheckpoints', (catalog) => catalog.removeCheckpoints('job', [1]), ['job', [1]]],
  ['appendEvent', (catalog) => catalog.appendEvent(aRecord), [aRecord]],
  ['listEvents', (catalog) => catalog.listEvents('job'), ['job', undefined]],
  ['totals', (catalog) => catalog.totals(), [undefined]],
  ['findings', (catalog) => catalog.findings(), []],
])('%s that is not answered in time is aborted, and rejects as unavailable', async (name, call, words) => {
  const heard: Heard[] = [];
  const catalog = boundedCatalog('silent', () => Promise.resolve(silentCatalog(heard)), 5);
  await expect(call(catalog)).rejects.toMatchObject(unanswered);
  const [only] = heard;
  expect([heard.length, only?.name, only?.given.slice(0, -1)]).toEqual([1, name, words]);
  expect(only?.given.at(-1)).toMatchObject({ signal: { aborted: true } });
});

test("a caller's own signal still ends his call", async () => {
  const heard: Heard[] = [];
  const catalog = boundedCatalog('silent', () => Promise.resolve(silentCatalog(heard)), 3_600_000);
  const mine = new AbortController();
  const call = catalog.listEvents('job', { limit: 3 }, { signal: mine.signal });
  await new Promise((resolve) => setImmediate(resolve));
  mine.abort();
  await expect(call).rejects.toThrow('aborted');
  expect(heard[0]?.given.slice(0, -1)).toEqual(['job', { limit: 3 }]);
});

test('a call that was given up while the catalog was opened is not made once it is open', async () => {
  const heard: Heard[] = [];
  const opening = Promise.withResolvers<MetadataStore>();
  const catalog = boundedCatalog('silent', () => opening.promise, 5);
  await expect(catalog.appendEvent(aRecord)).rejects.toMatchObject(unanswered);
  opening.resolve(silentCatalog(heard));
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([]);
});
