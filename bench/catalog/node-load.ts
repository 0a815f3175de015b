import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease, MetadataStore } from '@holdfast/core';
import { benchSnapshot } from './bench-snapshot.ts';
import { inParallel } from './in-parallel.ts';
import type { CatalogSubject } from './subject.ts';

export interface LoadOptions {
  readonly nodes: number;
  readonly durationMs: number;
  readonly renewEveryMs: number;
  readonly commitEveryMs: number;
}

export interface LoadResult {
  readonly renewalsMs: readonly number[];
  readonly commitsMs: readonly number[];
  readonly failures: number;
  /** Of renewals and commits together, done in the time. */
  readonly perSecond: number;
  readonly wantedPerSecond: number;
  readonly connections: number | undefined;
}

interface Node {
  readonly job: string;
  readonly store: MetadataStore;
  lease: Lease;
}

const openAtATime = 16;

/** Nodes that each run one job: they renew its lease and report its snapshots, each beginning at another moment. */
export async function loadByNodes(subject: CatalogSubject, options: LoadOptions): Promise<LoadResult> {
  const { nodes: count, durationMs, renewEveryMs, commitEveryMs } = options;
  await using stores = new AsyncDisposableStack();
  const shared = subject.storePerNode ? undefined : stores.use(await subject.open());
  const nodes: Node[] = [];
  await inParallel(Array(count).keys(), openAtATime, async (place) => {
    const store = shared ?? stores.use(await subject.open());
    nodes.push(await startNode(store, `load-${place}`, 3 * renewEveryMs));
  });
  const renewalsMs: number[] = [];
  const commitsMs: number[] = [];
  let failures = 0;
  const timed = async (into: number[], work: () => Promise<void>): Promise<void> => {
    const startedAt = performance.now();
    try {
      await work();
      into.push(performance.now() - startedAt);
    } catch {
      failures += 1;
    }
  };
  const startedAt = performance.now();
  const every = async (periodMs: number, place: number, work: (turn: number) => Promise<void>): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      const at = ((place + 0.5) / count + turn) * periodMs;
      if (at >= durationMs) return;
      await sleep(Math.max(0, startedAt + at - performance.now()));
      await work(turn);
    }
  };
  const renew = async (node: Node): Promise<void> => {
    node.lease = await node.store.renewLease(node.lease, 3 * renewEveryMs);
  };
  const playing = nodes.flatMap((node, place) => [
    every(renewEveryMs, place, () => timed(renewalsMs, () => renew(node))),
    every(commitEveryMs, place, (turn) => timed(commitsMs, () => reportSnapshot(node, turn + 1))),
  ]);
  await sleep(durationMs / 2);
  const connections = await subject.connections();
  await Promise.all(playing);
  const seconds = (performance.now() - startedAt) / 1000;
  const done = renewalsMs.length + commitsMs.length;
  const wantedPerSecond = count * (1000 / renewEveryMs + 1000 / commitEveryMs);
  return { renewalsMs, commitsMs, failures, perSecond: done / Math.max(seconds, durationMs / 1000), wantedPerSecond, connections };
}

async function startNode(store: MetadataStore, job: string, ttlMs: number): Promise<Node> {
  const now = new Date().toISOString();
  const outcome = await store.acquireLease(job, { attempt: 'attempt', host: 'host', bootId: 'boot', pid: 1, startTicks: 1 }, ttlMs);
  if (!outcome.acquired) throw new Error(`the lease of ${job} is held already`);
  await store.putJob({
    job,
    repositoryId: 'bench',
    command: ['./align.sh'],
    workingDirectory: '/work',
    status: 'running',
    labels: {},
    createdAt: now,
    updatedAt: now,
    exitCode: undefined,
  });
  return { job, store, lease: outcome.lease };
}

/** What a run tells the catalog of one snapshot: when it began, that it is committed, and what it is. */
async function reportSnapshot({ store, job }: Node, number: number): Promise<void> {
  const at = new Date().toISOString();
  const event = { job, attempt: 'attempt', at, detail: { number } };
  await store.appendEvent({ ...event, type: 'snapshot.started' });
  await store.appendEvent({ ...event, type: 'snapshot.committed' });
  await store.putCheckpoint(benchSnapshot(job, number, at));
}
