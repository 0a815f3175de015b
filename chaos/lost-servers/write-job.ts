import { setTimeout as sleep } from 'node:timers/promises';
import { isHoldfastError, type MetadataStore } from '@holdfast/core';
import { useLease } from './lease-of-version.ts';
import { type Noted, nowMs, type TakeNote } from './notes.ts';
import { attemptOfVersion, instantOf, jobOfVersion, versionOf } from './versioned-job.ts';

export interface WorkOptions {
  readonly store: MetadataStore;
  readonly job: string;
  /** Of whom the notes are. */
  readonly process: string;
  readonly note: TakeNote;
}

/** Writes one version after the other until told to stop: the record with its labels, a snapshot, an event, an attempt, the lease. */
export async function writeJob(options: WorkOptions, signal: AbortSignal): Promise<void> {
  const { store, job } = options;
  const noted = noting(options);
  for (let version = 1; !signal.aborted; version += 1) {
    const at = instantOf(version);
    const sizes = { freezeMs: 1, logicalBytes: version, storedBytes: version };
    await noted('put', version, () => store.putJob(jobOfVersion(job, version)));
    await noted('snapshot', version, () => store.putCheckpoint({ job, number: version, epoch: 1, attempt: 'a', createdAt: at, ...sizes }));
    await noted('event', version, () => store.appendEvent({ job, attempt: 'a', at, type: 'version', detail: { version } }));
    await noted('attempt', version, () => store.putAttempt(attemptOfVersion(job, version)));
    await useLease(store, job, version, noted);
  }
}

/** Reads the record again and again. */
export async function watchJob(options: WorkOptions, signal: AbortSignal): Promise<void> {
  const noted = noting(options);
  while (!signal.aborted) {
    await noted('get', 0, async () => versionOf(await options.store.getJob(options.job)));
    await sleep(3);
  }
}

/** Makes calls with a note before and after. One that the catalog does not answer has no second note; half a record is told as version -1, which nobody wrote. */
export function noting({ job, process, note }: WorkOptions): Noted {
  let id = 0;
  return async (what, version, make) => {
    id += 1;
    const call = { process, job, id, what, version };
    note({ ...call, at: nowMs() });
    try {
      const answer = await make();
      note({ ...call, at: nowMs(), ...(typeof answer === 'object' ? { answer: answer.holder, term: answer.term } : { answer: answer ?? version }) });
    } catch (error) {
      if (!isHoldfastError(error) || error.kind !== 'unavailable') note({ ...call, at: nowMs(), failure: String(error) });
      await sleep(5);
    }
  };
}
