import { unlink, writeFile } from 'node:fs/promises';
import { type Epoch, HoldfastError, type ObjectInput } from '@holdfast/core';
import { type Breakage, withReaders, withStore, withWriters } from './broken-stores.js';

const changed = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte));
const lie = new HoldfastError('HF_UNEXPECTED', { message: 'a lie', kind: 'unexpected' });
const always =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);

const wrongBytes = withReaders((reader) => ({ read: async (...given) => changed(await reader.read(...given)) }));
const withExtents = (wrong: Partial<ObjectInput['extents'][number]>): Breakage =>
  withWriters((writer) => ({ put: (object) => writer.put({ ...object, extents: object.extents.map((extent) => ({ ...extent, ...wrong })) }) }));
const acceptsAnyPut = withWriters((writer) => ({ put: (...given) => writer.put(...given).catch(() => ({ changedPages: 0, unreadPages: 0 })) }));
const storesEverything = withWriters((writer) => ({
  put: async (object, options) => ({ ...(await writer.put(object, options)), changedPages: 4711 }),
}));
const ignoresSignals = withStore((store) => ({ list: (job) => store.list(job), claim: (job, holder, start) => store.claim(job, holder, start) }));
const listsUpsideDown = withStore((store) => ({ list: async (job) => (await store.list(job)).toReversed() }));
const neverFenced = withStore((store) => ({
  assertCurrent: () => Promise.resolve(),
  end: (...given) => store.end(...given).catch(() => undefined),
  begin: async (epoch, parent) => await store.begin(epoch, parent).catch(() => store.begin({ ...epoch, ...await0(epoch) }, undefined)),
}));
const forgetsParent = withStore((store) => ({ begin: (epoch) => store.begin(epoch, undefined) }));
const keepsNothing = withStore((store) => ({ prune: (job, policy) => store.prune(job, { ...policy, keep: Math.max(1, policy.keep - 1) }) }));
const nothingPruned = { removed: [], waiting: [], removedFiles: 0, freedBytes: 0, rewrittenPacks: 0 };
const removesNothing = withStore(() => ({ remove: always({ snapshots: 0, freedBytes: 0, gone: true }) }));
/** As where no tombstone is left. */
const forgetsNumbers = withStore((store) => ({ claim: async (...given) => ({ ...(await store.claim(...given)), firstNumber: 1 }) }));
const prunesNothing = withStore(() => ({ prune: always(nothingPruned) }));
const overwrites = withReaders((reader) => ({
  write: async (key, path, layout, options) => {
    await unlink(path).catch(() => undefined);
    await reader.write(key, path, layout, options);
  },
}));
/** No new job: another name for the same one. */
const forksByName = withStore((store) => {
  const names = new Map<string, string>();
  const real = (job: string): string => names.get(job) ?? job;
  return {
    fork: async ({ job, number }, to) => {
      names.set(to, real(job));
      const found = (await store.list(real(job))).find((each) => number === undefined || each.number === number);
      if (found === undefined) throw lie;
      return found;
    },
    list: (job) => store.list(real(job)),
    open: ({ job, number }) => store.open({ job: real(job), number }),
    claim: (job, ...rest) => store.claim(real(job), ...rest),
    prune: (job, policy) => store.prune(real(job), policy),
  };
});
const wrongLayout = withReaders((reader) => ({
  write: (key, path, layout, options) => reader.write(key, path, layout === 'packed' ? 'sparse' : 'packed', options),
}));
const startsFresh = withStore((store) => ({ claim: (job, holder, _start, options) => store.claim(job, holder, { kind: 'fresh' }, options) }));
const startsNewest = withStore((store) => ({ claim: (job, holder, _start, options) => store.claim(job, holder, { kind: 'newest' }, options) }));
const sameEpoch = withStore((store) => ({ claim: async (...given) => ({ ...(await store.claim(...given)), epoch: 1, firstNumber: 1 }) }));
const commitsTwice = withWriters((writer) => {
  let first: ReturnType<typeof writer.commit> | undefined;
  return { commit: (metadata) => (first ??= writer.commit(metadata)) };
});
const keepsAnything = withWriters((writer) => ({ keep: (key) => writer.keep(key).catch(() => undefined) }));
const replacesNothing = withWriters((writer) => {
  const seen = new Set<string>();
  return {
    put: (object: ObjectInput) =>
      seen.has(object.key) ? Promise.resolve({ changedPages: 0, unreadPages: 0 }) : (seen.add(object.key), writer.put(object)),
  };
});
const takesPreviousForTruth = withWriters((writer) => ({
  put: (object, options) => writer.put(object.previous === undefined ? object : { ...object, source: object.previous.source }, options),
}));
const takesHintsForTruth = withWriters((writer) => {
  const put = new Map<string, ObjectInput>();
  return {
    put: (object, options) => {
      put.set(object.key, object);
      const like = put.get(object.like ?? '');
      return writer.put(like === undefined ? object : { ...like, key: object.key }, options);
    },
  };
});
const opensAnything = withReaders((reader) => ({
  read: (key, options) => reader.read(key, options).catch(() => new Uint8Array()),
  write: (key, path, layout) => reader.write(key, path, layout).catch(() => undefined),
}));

function await0(epoch: Epoch): Partial<Epoch> {
  return { epoch: epoch.epoch + 1, attempt: 'b' };
}

/** For each promise of the contract, a store that breaks it. */
export const breakages: Readonly<Record<string, Breakage>> = {
  'the first claim of a job starts afresh': withStore((store) => ({
    claim: async (...given) => ({ ...(await store.claim(...given)), from: { job: 'job', number: 1, epoch: 1, attempt: 'x' } }),
  })),
  'of claims at the same time no two win the same epoch': sameEpoch,
  'a claim goes on from the newest snapshot that was reported as committed': startsFresh,
  'no snapshot reported as committed is left behind by claims at the same time': startsFresh,
  'a fresh claim leaves all older snapshots behind': startsNewest,
  'a claim of a chosen snapshot leaves newer ones behind, for ever': startsNewest,
  'a chosen snapshot that is not there, or was left behind, is refused': startsNewest,
  'the first number of an epoch is above every number used before, those left behind included': sameEpoch,
  'a name that is no job name is refused': withStore((store) => ({
    claim: (job, ...rest) => store.claim(job.replaceAll(/[^a-z]/g, 'x').slice(0, 99) || 'x', ...rest),
  })),
  "jobs' epochs and numbers are independent": withStore((store) => ({
    claim: (_job, ...rest) => store.claim('job', ...rest),
    list: () => store.list('job'),
  })),
  'an aborted claim wins nothing': ignoresSignals,
  'an unknown job is an empty state, not an error': withStore(() => ({ state: () => Promise.reject(lie) })),
  'the state tells the newest epoch, its holder and the newest snapshot': withStore((store) => ({
    state: async (job) => ({ ...(await store.state(job)), newest: 99 }),
  })),
  'jobs are listed once claimed': withStore(() => ({ jobs: always(['b']) })),
  'an epoch is current until a higher one is claimed': neverFenced,
  'how the job ended is noted and told': withStore(() => ({ end: () => Promise.resolve() })),
  'the same end again is harmless, another one is refused': neverFenced,
  'only the newest epoch can note an end': neverFenced,
  'the finished claims of a job are told, oldest first, with what their attempts noted': withStore((store) => ({
    history: async (job) => (await store.history(job)).toReversed(),
  })),
  'of each kind the first note of an epoch stays, and a repeat is harmless': withStore((store) => ({
    note: async (...given) => {
      await store.note(...given);
      return true;
    },
  })),
  'an attempt that was overtaken can still note its end, and decides nothing by it': withStore((store) => ({
    note: async (epoch, ...rest) => {
      await store.assertCurrent({ ...epoch, from: undefined, firstNumber: 1 });
      return await store.note(epoch, ...rest);
    },
  })),
  'a note of an epoch that was removed is refused, and leaves no job': withStore((store) => ({
    note: (...given) => store.note(...given).catch(() => false),
  })),
  'a note is of up to 4 MiB': withStore((store) => ({ note: (epoch, kind) => store.note(epoch, kind, { short: true }) })),
  'a snapshot cannot be begun under an epoch that is over': neverFenced,
  'a snapshot cannot be begun on a parent that is not there or was left behind': forgetsParent,
  'every call that is aborted before it begins rejects with kind aborted': ignoresSignals,
  'an object comes back byte for byte, whatever its length': wrongBytes,
  'only pages that differ from the parent count as changed, and only they are stored': forgetsParent,
  'pages are compared by their number, wherever the runs begin': storesEverything,
  'the same bytes at other page numbers of the same window are not mistaken for unchanged': wrongBytes,
  'pages of zeros are not stored': storesEverything,
  'a page that became zero is zero, and one that was zero is not': wrongBytes,
  'a source is read at the offsets that its extents name': withExtents({ sourceOffset: 0 }),
  'a file that has grown is stored as long as it was announced': wrongBytes,
  'a source shorter than announced is refused, and the writer stays usable': acceptsAnyPut,
  'an object is put together from all the sources that its extents name': withExtents({ sourceIndex: 0 }),
  'an extent of a source that the object does not have is refused': acceptsAnyPut,
  'a second put of the same key replaces the first': replacesNothing,
  'any text of up to 4,200 bytes is a key': withWriters((writer) => ({ put: (object) => writer.put({ ...object, key: object.key.slice(0, 4000) }) })),
  'extents that overlap, or lie past the end of a file, are refused': acceptsAnyPut,
  'a key that is longer than one may be is refused': acceptsAnyPut,
  'whatever object another is said to be like, it comes back byte for byte': takesHintsForTruth,
  'whatever lies where the previous pages are said to be, an object comes back byte for byte': takesPreviousForTruth,
  'an object kept has exactly the content of the parent': wrongBytes,
  'an object that the parent does not have cannot be kept': keepsAnything,
  'an object dropped is left out; absence is success': withWriters(() => ({ drop: () => Promise.resolve() })),
  'a snapshot is not there before commit, and is there after it for everybody': withWriters((writer) => ({
    put: async (object) => {
      const result = await writer.put(object);
      await writer.commit({});
      return result;
    },
  })),
  'the summary says what was committed': withWriters((writer) => ({
    commit: async (metadata) => {
      const { outcome, summary } = await writer.commit(metadata);
      return { outcome, summary: { ...summary, logicalBytes: 1 } };
    },
  })),
  'metadata comes back as it was given': withWriters((writer) => ({ commit: (metadata) => writer.commit({ ...metadata, more: 1 }) })),
  'a snapshot is of the instant that its writer names, or of now': withWriters((writer) => ({ commit: (metadata) => writer.commit(metadata) })),
  'a writer commits once': commitsTwice,
  'a commit under an epoch that is over is fenced, and never eligible': withWriters((writer) => ({
    commit: async (metadata) => ({ ...(await writer.commit(metadata)), outcome: 'committed' }),
  })),
  'what a writer gave up is not there, and its number is not used again': withWriters((writer) => ({
    abort: async () => {
      await writer.commit({}).catch(() => undefined);
    },
  })),
  'giving up after a commit changes nothing': withWriters(() => ({ abort: () => Promise.reject(lie) })),
  'an aborted put or commit rejects and commits nothing': withWriters((writer) => ({ put: (object) => writer.put(object) })),
  'a snapshot that is not there is not found': withStore((store) => ({ open: (_ref) => store.open({ job: 'job', number: 1 }) })),
  'every snapshot keeps its own content while newer ones are written': withStore((store) => ({
    open: async ({ job }) => await store.open({ job, number: (await store.state(job)).newest ?? 0 }),
  })),
  'objects are told with their kind, size and runs': withReaders((reader) => ({
    objects: reader.objects.map((object) => ({ ...object, runs: [] })),
  })),
  'an object above 256 MiB is not read into memory': withReaders(() => ({ read: always(new Uint8Array()) })),
  'an object that the snapshot does not have is not found': opensAnything,
  'verify of a whole snapshot resolves and tells its progress': withReaders(() => ({ verify: () => Promise.resolve() })),
  'a file is rebuilt with its holes and its exact length, for its owner alone': wrongLayout,
  'packed, the runs lie back to back': wrongLayout,
  'an existing file or link is refused and left as it is': overwrites,
  'the write of a large object tells how far it is': withReaders((reader) => ({
    write: (key, path, layout) => reader.write(key, path, layout),
  })),
  'a failed write leaves no partial file': withReaders((reader) => ({
    write: async (key, path, layout, options) => {
      await writeFile(path, '');
      await unlink(path);
      await reader.write(key, path, layout, options).catch(async (error: unknown) => {
        await writeFile(path, 'half');
        throw error;
      });
    },
  })),
  'a file matches where it has exactly the bytes': withReaders(() => ({ matches: always(true) })),
  'a link, a directory and nothing do not match': withReaders(() => ({ matches: always(true) })),
  'snapshots are listed newest first': listsUpsideDown,
  'verify finds nothing wrong in a whole repository, and counts what it read': withStore(() => ({
    verify: always({ ok: true, snapshots: 0, blocks: 0, bytes: 0, problems: [] }),
  })),
  'prune keeps the newest snapshots, whole': keepsNothing,
  'prune that was decided for another epoch than the newest is refused': withStore((store) => ({
    prune: (job, policy, options) => store.prune(job, { ...policy, epoch: undefined }, options),
  })),
  'prune keeps what is protected': withStore((store) => ({
    prune: (job, { keep, graceMs }) => store.prune(job, { keep, ...(graceMs === undefined ? {} : { graceMs }) }),
  })),
  'prune frees the packs that nothing refers to any more': prunesNothing,
  'prune removes what a later epoch left behind': prunesNothing,
  'prune leaves a snapshot alone that is being written': withStore((store) => ({
    prune: async (job, policy, options) => {
      await store.claim(job, { attempt: 'intruder', host: 'h', pid: 1 }, { kind: 'newest' });
      return await store.prune(job, policy, options);
    },
  })),
  'prune again removes nothing more': withStore(() => ({ prune: always({ ...nothingPruned, removedFiles: 1 }) })),
  'prune refuses to keep nothing': withStore((store) => ({
    prune: (job, { keep }) => store.prune(job, { keep: Math.max(1, Math.trunc(keep) || 1) }),
  })),
  'of a job that is over prune may keep nothing': withStore((store) => ({ prune: (job, policy) => store.prune(job, { ...policy, keep: 1 }) })),
  'usage tells what each snapshot takes that no newer one needs, and which cannot go': withStore((store) => ({
    usage: async (job) => (await store.usage(job)).map((each) => ({ ...each, held: false })),
  })),
  'what prune removed is not listed, chosen or opened, and frees its space once the grace is over': withStore((store) => ({
    prune: (job, { keep }) => store.prune(job, { keep, graceMs: 0 }),
  })),
  'a snapshot that is open stays whole while others prune, and goes after that': withStore((store) => ({
    open: async (ref) => {
      const reader = await store.open(ref);
      const files = await store.open(ref);
      await reader[Symbol.asyncDispose]();
      await files[Symbol.asyncDispose]();
      return files;
    },
  })),
  'a pack of which little is needed is written anew, and every snapshot still reads': withStore((store) => ({
    prune: (job, policy) => store.prune(job, { ...policy, repackBelow: 0 }),
  })),
  'a dry run tells what would be removed, and removes nothing': withStore((store) => ({
    prune: (job, policy) => store.prune(job, { ...policy, dryRun: false }),
  })),
  'numbers of snapshots that were pruned are not used again': withStore((store) => ({
    claim: async (...given) => ({ ...(await store.claim(...given)), firstNumber: 1 }),
  })),
  'a fork is a new job whose first snapshot is the other one, in content and metadata, and stores nothing': withStore((store) => ({
    fork: async (...given) => ({ ...(await store.fork(...given)), storedBytes: 4711 }),
  })),
  'without a number the newest eligible snapshot is forked': withStore((store) => ({
    fork: (from, ...rest) => store.fork({ ...from, number: 2 }, ...rest),
  })),
  'a fork and the job it came from go on by themselves': startsFresh,
  'a fork tells what it was made from, another job nothing': withStore((store) => ({
    state: async (job) => ({ ...(await store.state(job)), sources: [] }),
  })),
  'a fork stays whole whatever is pruned of the job it came from': forksByName,
  'a fork of a fork stays whole whatever is pruned of both': forksByName,
  'a fork of a fork that needs the first job alone keeps that, and lets go of the other': forksByName,
  'once a fork needs the other job no more, its own prune lets go of it': withStore((store) => ({
    prune: (job, policy) => (job === 'new' ? Promise.resolve(nothingPruned) : store.prune(job, policy)),
  })),
  'a name that is taken is refused, and what has it stays as it is': forksByName,
  'of forks to one name at the same time at most one resolves': forksByName,
  'a snapshot that is not there, or was left behind, cannot be forked, and the name stays free': withStore((store) => ({
    fork: async ({ job }, to, ...rest) => await store.fork({ job }, to, ...rest),
  })),
  'a claim that is taken back leaves no job': withStore(() => ({ withdraw: always(true) })),
  'a claim under which something was committed is not taken back': withStore(() => ({ withdraw: always(true) })),
  'a claim is not taken back once somebody else has one, or had one before': withStore(() => ({ withdraw: always(true) })),
  'a claim that was taken back writes no more': withStore(() => ({ withdraw: always(true) })),
  'a removed job is gone with all it had, those left behind included, and no other is': removesNothing,
  'a job that is not there cannot be removed': removesNothing,
  'a job that was removed and begun again goes on above all epochs and numbers that were used': forgetsNumbers,
  'an attempt of a removed job commits nothing, also where the job was begun again': removesNothing,
  'a job that a fork needs is not removed, whatever is forced, until the fork is': removesNothing,
  'a job that is being read is removed only by force': withStore((store) => ({ remove: (job, who) => store.remove(job, who, { force: true }) })),
};
