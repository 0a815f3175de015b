import { setTimeout as sleep } from 'node:timers/promises';
import { type CheckpointRef, type CheckpointStore, type Epoch, isHoldfastError, type Lease, type MetadataStore } from '@holdfast/core';
import { memoryObject } from '@holdfast/testkit/checkpoint-store';
import type { HeldLease } from '@holdfast/testkit/linearizability';
import type { Random } from '../../power-loss/random.ts';
import type { Recorder } from '../history/history-file.ts';
import { snapshotContent } from './snapshot-content.ts';

export interface AttemptOptions {
  readonly store: CheckpointStore;
  readonly catalog: MetadataStore;
  readonly recorder: Recorder;
  readonly random: Random;
  readonly job: string;
  readonly attempt: string;
  readonly leaseMs: number;
  readonly counts: { taken: number; refused: number; lost: number; unanswered: number };
  readonly onEpoch: (epoch: number) => void;
  /** At each answer about its lease. */
  readonly onLease: (lease: HeldLease) => Promise<void>;
  /** The machine's clock, which all servers have too, in milliseconds since 1970: not the one that is wrong. */
  readonly trueNowMs: () => number;
}

const mostSnapshots = 4;
const triesForALease = 12;

/** One attempt as the engine makes it: lease, epoch, snapshots, release. It goes on without the catalog, and without a lease that is lost: the repository decides. */
export async function runAttempt(options: AttemptOptions): Promise<void> {
  const { store, recorder, random, job, attempt, onEpoch } = options;
  const withoutLease = random.chance(0.15);
  const taken = withoutLease ? undefined : await takeLease(options);
  if (taken === 'refused') return;
  const holder = { attempt, host: 'chaos', pid: process.pid };
  const epoch = await recorder.record(
    { kind: 'claim', attempt },
    () => store.claim(job, holder, { kind: 'newest' }),
    ({ epoch, from }) => ({ kind: 'claimed', epoch, from: from?.number ?? 0 }),
  );
  onEpoch(epoch.epoch);
  let [parent, lease] = [epoch.from, taken];
  for (let made = random.below(mostSnapshots); made < mostSnapshots; made += 1) {
    const committed = await commitSnapshot(options, epoch, parent);
    if (committed === undefined) return;
    parent = committed;
    if (lease !== undefined && random.chance(0.5)) lease = (await renew(options, lease)) ?? lease;
  }
  if (lease === undefined || !random.chance(0.7)) return;
  // Said before it is done: from here on nobody is wronged who gets it.
  await options.onLease({ ...heldLease(lease), untilMs: Math.min(Date.parse(lease.expiresAt), options.trueNowMs()) });
  await options.catalog.releaseLease(lease).catch(() => undefined);
}

/** Reads as another process would that wants to know who runs the job. */
export async function readJob({ store, recorder, job }: Pick<AttemptOptions, 'store' | 'recorder' | 'job'>): Promise<void> {
  await recorder.record(
    { kind: 'read' },
    () => store.state(job),
    ({ epoch, newest = 0 }) => ({ kind: 'seen', epoch: epoch?.epoch ?? 0, attempt: epoch?.attempt ?? '', newest }),
  );
}

/** Undefined where the catalog does not answer. */
async function takeLease({ catalog, random, job, attempt, leaseMs, counts, onLease }: AttemptOptions): Promise<Lease | undefined | 'refused'> {
  const holder = { attempt, host: 'chaos', bootId: 'chaos', pid: process.pid, startTicks: 1 };
  for (let tries = 0; tries < triesForALease; tries += 1) {
    const outcome = await catalog.acquireLease(job, holder, leaseMs).catch(() => undefined);
    if (outcome === undefined) {
      counts.unanswered += 1;
      return undefined;
    }
    if (outcome.acquired) {
      counts.taken += 1;
      await onLease(heldLease(outcome.lease));
      return outcome.lease;
    }
    counts.refused += 1;
    await sleep(random.below(leaseMs));
  }
  return 'refused';
}

/** Undefined where it was not renewed. */
async function renew({ catalog, leaseMs, counts, onLease }: AttemptOptions, lease: Lease): Promise<Lease | undefined> {
  try {
    const renewed = await catalog.renewLease(lease, leaseMs);
    await onLease(heldLease(renewed));
    return renewed;
  } catch (error) {
    counts[isHoldfastError(error) && error.code === 'HF_LEASE_LOST' ? 'lost' : 'unanswered'] += 1;
    return undefined;
  }
}

function heldLease({ holder, acquiredAt, expiresAt }: Lease): HeldLease {
  return { attempt: holder.attempt, fromMs: Date.parse(acquiredAt), untilMs: Date.parse(expiresAt) };
}

/** Undefined where the attempt is over. */
async function commitSnapshot(
  { store, recorder, attempt }: AttemptOptions,
  epoch: Epoch,
  parent: CheckpointRef | undefined,
): Promise<CheckpointRef | undefined> {
  await using writer = await store.begin(epoch, parent);
  const { number } = writer.ref;
  await writer.put(memoryObject('memory', snapshotContent(attempt, number)));
  const { outcome, summary } = await recorder.record(
    { kind: 'commit', attempt, number, parent: parent?.number ?? 0 },
    () => writer.commit({ number }),
    ({ outcome }) => ({ kind: outcome }),
  );
  return outcome === 'committed' ? summary : undefined;
}
