import { setTimeout as sleep } from 'node:timers/promises';
import type { MetadataStore } from '@holdfast/core';
import type { Random } from '../power-loss/random.ts';
import { judgeJob } from './judge.ts';
import { leaseAnswer } from './lease-of-version.ts';
import type { Note } from './notes.ts';
import { versionOf } from './versioned-job.ts';
import { noting, watchJob, writeJob } from './write-job.ts';

export interface LossOptions {
  readonly round: number;
  readonly random: Random;
  /** Opened before the loss, and used over it. */
  readonly store: MetadataStore;
  readonly openAnew: () => Promise<MetadataStore>;
  /** Kills the server; it answers again when this resolves. */
  readonly lose: () => Promise<void>;
}

export interface LossResult {
  readonly notes: number;
  /** Writes that the catalog said are done. */
  readonly written: number;
  /** Calls that the loss left without an answer. */
  readonly unanswered: number;
  readonly problems: readonly string[];
}

const jobsAtATime = 3;
const longestMs = 250;
const afterMs = 60;
const isReading: ReadonlySet<Note['what']> = new Set(['get', 'current']);

/** Loses the server while jobs are written, and looks at what is there then. */
export async function playLoss({ round, random, store, openAnew, lose }: LossOptions): Promise<LossResult> {
  const notes: Note[] = [];
  const note = (taken: Note): void => void notes.push(taken);
  const jobs = Array.from({ length: jobsAtATime }, (_, place) => `loss-${round}-${place}`);
  const over = new AbortController();
  const playing = jobs.flatMap((job) => [
    writeJob({ store, job, process: `writer of ${job}`, note }, over.signal),
    watchJob({ store, job, process: `reader of ${job}`, note }, over.signal),
  ]);
  await sleep(20 + random.below(longestMs));
  await lose();
  await sleep(afterMs);
  over.abort();
  await Promise.all(playing);
  return judgeLoss(openAnew, jobs, notes);
}

/** By a store that is opened after the loss. */
export async function judgeLoss(openAnew: () => Promise<MetadataStore>, jobs: readonly string[], taken: readonly Note[]): Promise<LossResult> {
  await using store = await openAnew();
  const notes = taken.filter(({ failure }) => failure === undefined);
  // A server that is lost gives no answer; any other failure is the catalog's own.
  const problems = [...new Set(taken.flatMap(({ what, failure }) => (failure === undefined ? [] : [`a ${what} failed: ${failure}`])))];
  for (const job of jobs) {
    const noted = noting({ store, job, process: `judge of ${job}`, note: (each) => void notes.push(each) });
    await noted('get', 0, async () => versionOf(await store.getJob(job)));
    if (notes.at(-1)?.answer === undefined) problems.push(`${job} cannot be read after the loss`);
    await noted('current', 0, async () => leaseAnswer(await store.currentLease(job)));
    problems.push(...(await judgeJob(store, job, notes)));
  }
  const answered = notes.filter(({ answer }) => answer !== undefined).length;
  const written = notes.filter(({ what, answer }) => !isReading.has(what) && answer !== undefined).length;
  return { notes: notes.length, written, unanswered: notes.length - 2 * answered, problems };
}
