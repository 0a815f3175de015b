import type { CheckpointRef, CheckpointStore, EpochStart } from '@holdfast/core';
import { objectsOfSnapshot } from './content.ts';
import type { Report } from './reports.ts';

export const victimJob = 'victim';
export const forkedJob = 'forked';

export interface SessionOptions {
  readonly attempt: string;
  readonly snapshots: number;
  readonly start?: EpochStart;
  /** Prunes after every so many snapshots. */
  readonly pruneEvery: number;
  readonly keep: number;
  readonly ends: boolean;
  /** Called once what it says is so; the session goes on when it resolves. */
  readonly report: (report: Report) => Promise<void>;
}

/** One attempt of a job as an engine would drive it: claim, snapshots, prunes, and where asked the end. */
export async function runSession(store: CheckpointStore, options: SessionOptions): Promise<void> {
  const { attempt, report, keep } = options;
  const epoch = await store.claim(victimJob, { attempt, host: 'chaos', pid: process.pid }, options.start ?? { kind: 'newest' });
  await report({ kind: 'claimed', epoch: epoch.epoch, attempt });
  let parent: CheckpointRef | undefined = epoch.from;
  for (let taken = 1; taken <= options.snapshots; taken++) {
    await using writer = await store.begin(epoch, parent);
    const { number } = writer.ref;
    for (const { input } of objectsOfSnapshot(number)) await writer.put(input);
    const { outcome, summary } = await writer.commit({ number });
    if (outcome !== 'committed') throw new Error(`snapshot ${number} was ${outcome}, although nobody else writes`);
    await report({ kind: 'committed', number });
    parent = summary;
    if (taken % options.pruneEvery === 0) {
      await report({ kind: 'pruning', keep });
      await store.prune(victimJob, { keep, graceMs: 0 });
    }
  }
  if (!options.ends) return;
  await store.end(epoch, { exitCode: 0, endedAt: new Date().toISOString() });
  await report({ kind: 'ended', epoch: epoch.epoch, exitCode: 0 });
}

/** Makes another job from the victim's newest snapshot. */
export async function forkVictim(store: CheckpointStore, report: SessionOptions['report']): Promise<void> {
  const { newest } = await store.state(victimJob);
  if (newest === undefined) throw new Error('there is no snapshot to fork');
  await store.fork({ job: victimJob, number: newest }, forkedJob, { attempt: 'forker', host: 'chaos', pid: process.pid });
  await report({ kind: 'forked', number: newest });
}
