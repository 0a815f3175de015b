import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointStore } from '@holdfast/core';
import { type HeldLease, leasesWonTwice } from '@holdfast/testkit/linearizability';
import type { Random } from '../power-loss/random.ts';
import type { Contender } from './contender/contender.ts';
import { type LeaseCounts, type StopPoint, type SweepCounts, stopPoints } from './contender/orders.ts';
import { added, noSweeps } from './counts.ts';
import { type JobOperation, readHistory } from './history/history-file.ts';
import { judgeRound } from './judge.ts';

export interface RoundOptions {
  readonly round: number;
  readonly job: string;
  readonly random: Random;
  readonly store: CheckpointStore;
  readonly contenders: readonly Contender[];
  /** Whether the repository is swept meanwhile. */
  readonly sweeps: boolean;
  /** What is done to the catalog's server meanwhile; tells what. */
  readonly befalls?: (() => Promise<string>) | undefined;
}

export interface RoundResult {
  readonly history: readonly JobOperation[];
  readonly problems: readonly string[];
  readonly stops: Readonly<Record<StopPoint | 'from outside', number>>;
  readonly deaths: number;
  readonly befell: string | undefined;
  readonly leases: LeaseCounts;
  readonly leasesWonTwice: number;
  readonly sweeps: SweepCounts;
}

const leaseMs = 60;
const attempts = 2;
const deadlineMs = 120_000;

/** Lets the contenders race for a job of its own, then judges. */
export async function playRound({ round, job, random, store, contenders, sweeps, befalls }: RoundOptions): Promise<RoundResult> {
  const stops = { ...(Object.fromEntries(stopPoints.map((point) => [point, 0])) as Record<StopPoint, number>), 'from outside': 0 };
  let deaths = 0;
  const held = new Map<string, HeldLease>();
  const originNs = process.hrtime.bigint();
  const over = new AbortController();
  const events = {
    onStop: async (at: StopPoint) => {
      stops[at] += 1;
      await sleep(pastTheLease(random));
    },
    onDeath: () => {
      deaths += 1;
    },
    onLease: (lease: HeldLease) => void held.set(lease.attempt, lease),
  };
  const playing = contenders.map((contender) =>
    contender.playRound({ round, job, originNs: String(originNs), seed: random.below(2 ** 31), attempts, leaseMs, sweeps }, events),
  );
  const disturbing = disturb(contenders, random, over.signal, () => {
    stops['from outside'] += 1;
  });
  const befalling = befalls?.();
  const outcomes = await Promise.race([Promise.all(playing), sleep(deadlineMs, undefined, { ref: false })]).finally(() => over.abort());
  await disturbing;
  const befell = await befalling;
  if (outcomes === undefined) throw new Error(`round ${round} is not over after ${deadlineMs} ms`);
  const histories = contenders.flatMap(({ name, historyFile }) => readHistory(historyFile, name, round));
  const history = [...histories, await finalRead(store, job, originNs)].toSorted((a, b) => a.calledAt - b.calledAt);
  const told = outcomes.filter((counts) => counts !== undefined);
  return {
    history,
    problems: await judgeRound(store, job, history, { isSwept: sweeps }),
    stops,
    deaths,
    befell,
    leases: told.reduce((sum, { leases }) => added(sum, leases), { taken: 0, refused: 0, lost: 0, unanswered: 0 }),
    leasesWonTwice: leasesWonTwice([...held.values()]),
    sweeps: told.reduce((sum, counts) => added(sum, counts.sweeps), noSweeps),
  };
}

/** Stops contenders at any moment, half of the time past their lease. */
async function disturb(contenders: readonly Contender[], random: Random, signal: AbortSignal, onStop: () => void): Promise<void> {
  for (let times = random.below(3); times > 0; times -= 1) {
    await sleep(random.below(150), undefined, { signal }).catch(() => undefined);
    const contender = contenders[random.below(contenders.length)];
    if (signal.aborted || contender === undefined || contender.hasEnded()) return;
    onStop();
    await contender.standStill(random.chance(0.5) ? pastTheLease(random) : random.below(leaseMs));
  }
}

function pastTheLease(random: Random): number {
  return leaseMs + random.below(3 * leaseMs);
}

/** After everybody: what is to be seen by the next one who comes. */
async function finalRead(store: CheckpointStore, job: string, originNs: bigint): Promise<JobOperation> {
  const now = (): number => Number(process.hrtime.bigint() - originNs);
  const calledAt = now();
  const { epoch, newest = 0 } = await store.state(job);
  const answer = { kind: 'seen', epoch: epoch?.epoch ?? 0, attempt: epoch?.attempt ?? '', newest } as const;
  return { process: 'judge', call: { kind: 'read' }, calledAt, answer, answeredAt: now() };
}
