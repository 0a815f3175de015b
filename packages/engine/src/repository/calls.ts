import { join } from 'node:path';
import type { CheckpointReader, CheckpointStore, CheckpointWriter, PagedReader } from '@holdfast/core';
import { HoldfastError, isPagedReader } from '@holdfast/core/basics';
import { changeUserKey, openHeldRepository } from '@holdfast/store';
import { servePages } from '../lazy/page-server.js';
import { makeBelow } from './make-below.js';
import type { CallContext, RepositoryCalls } from './protocol.js';

const progressMs = 200;

type WithContext<F> = F extends (...args: infer A) => infer R ? (context: CallContext, ...args: A) => R : never;
export type ServedCalls = { readonly [K in keyof RepositoryCalls]: WithContext<RepositoryCalls[K]> };

/** The calls over a real repository. Writers and readers live here under handles, and die with this process. */
export function createCalls(): ServedCalls {
  let opened: CheckpointStore | undefined;
  let lastHandle = 0;
  const writers = new Map<number, CheckpointWriter>();
  const readers = new Map<number, CheckpointReader>();

  const store = (): CheckpointStore => opened ?? fail('no repository is open in this process');
  const writer = (handle: number): CheckpointWriter => writers.get(handle) ?? fail(`no writer has the handle ${handle}`);
  const reader = (handle: number): CheckpointReader => readers.get(handle) ?? fail(`no reader has the handle ${handle}`);

  const paged = (handle: number): PagedReader => {
    const one = reader(handle);
    return isPagedReader(one) ? one : fail('the repository gives no pages by themselves');
  };

  return {
    open: async (_context, root, options) => {
      const { create, compresses, encryptionKey, heldKey, below } = options;
      const keys = { ...(encryptionKey === undefined ? {} : { encryptionKey }), ...(heldKey === undefined ? {} : { heldKey }) };
      const place = below === undefined ? root : create ? await makeBelow(root, below) : join(root, below);
      const repository = await openHeldRepository({ root: place, create, guarantees: { compresses }, ...keys });
      opened = repository.store;
      return { repositoryId: repository.store.repositoryId, heldKey: repository.heldKey };
    },
    changeKey: (_context, change) => changeUserKey(change),
    jobs: ({ signal }) => store().jobs({ signal }),
    state: ({ signal }, job) => store().state(job, { signal }),
    claim: ({ signal }, job, holder, start) => store().claim(job, holder, start, { signal }),
    withdraw: ({ signal }, epoch) => store().withdraw(epoch, { signal }),
    assertCurrent: ({ signal }, epoch) => store().assertCurrent(epoch, { signal }),
    end: ({ signal }, epoch, end) => store().end(epoch, end, { signal }),
    note: ({ signal }, epoch, kind, note) => store().note(epoch, kind, note, { signal }),
    history: ({ signal }, job) => store().history(job, { signal }),
    fork: ({ signal }, from, to, holder) => store().fork(from, to, holder, { signal }),
    list: ({ signal }, job) => store().list(job, { signal }),
    verify: ({ signal, progress }, job) => store().verify(job, { signal, onProgress: progress }),
    usage: ({ signal }, job) => store().usage(job, { signal }),
    prune: ({ signal, progress }, job, policy) => store().prune(job, policy, { signal, onProgress: progress }),
    remove: ({ signal }, job, holder, force) => store().remove(job, holder, { signal, force }),
    begin: async ({ signal }, epoch, parent) => {
      const created = await store().begin(epoch, parent, { signal });
      lastHandle += 1;
      writers.set(lastHandle, created);
      return { handle: lastHandle, ref: created.ref };
    },
    put: ({ signal, progress }, handle, object) => writer(handle).put(object, { signal, onProgress: nowAndThen(progress) }),
    keep: ({ signal }, handle, key) => writer(handle).keep(key, { signal }),
    drop: (_context, handle, key) => writer(handle).drop(key),
    commit: ({ signal }, handle, metadata, takenAt) => writer(handle).commit(metadata, { signal, takenAt }),
    abortWriter: (_context, handle) => writer(handle).abort(),
    closeWriter: async (_context, handle) => {
      await writers.get(handle)?.[Symbol.asyncDispose]();
      writers.delete(handle);
    },
    openCheckpoint: async ({ signal }, ref) => {
      const created = await store().open(ref, { signal });
      lastHandle += 1;
      readers.set(lastHandle, created);
      return { handle: lastHandle, summary: created.summary, metadata: created.metadata, objects: created.objects };
    },
    read: ({ signal }, handle, key) => reader(handle).read(key, { signal }),
    write: ({ signal, progress }, handle, key, path, layout) =>
      reader(handle).write(key, path, layout, { signal, onProgress: nowAndThen(progress, Number.NEGATIVE_INFINITY) }),
    assertPresent: ({ signal }, handle) => paged(handle).assertPresent({ signal }),
    writePages: ({ signal }, handle, key, runs, path) => paged(handle).writePages(key, runs, path, { signal }),
    servePages: ({ signal, progress }, handle, service) => servePages(paged(handle), service, { signal, onProgress: progress }),
    matches: ({ signal }, handle, key, path) => reader(handle).matches(key, path, { signal }),
    verifyCheckpoint: ({ signal, progress }, handle) => reader(handle).verify({ signal, onProgress: progress }),
    closeReader: async (_context, handle) => {
      await readers.get(handle)?.[Symbol.asyncDispose]();
      readers.delete(handle);
    },
  };
}

/** A message to the other process costs more than a batch of pages. */
function nowAndThen(progress: (bytes: number) => void, last: number = performance.now()): (bytes: number) => void {
  return (bytes) => {
    if (performance.now() - last < progressMs) return;
    last = performance.now();
    progress(bytes);
  };
}

function fail(message: string): never {
  throw new HoldfastError('HF_UNEXPECTED', { message, kind: 'unexpected', operation: 'repository' });
}
