import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lease, silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExitStatus } from '../../src/container/running-container.js';
import { ActiveRun } from '../../src/run/active-run.js';
import { EventLog } from '../../src/run/event-log.js';
import type { ActiveRunOptions } from '../../src/run/run-environment.js';
import type { Turns } from '../../src/run/turns.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-run-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

interface Scene {
  readonly exited: Promise<ExitStatus>;
  readonly intervalMs?: number;
  /** What the agent lets its jobs take in turn. */
  readonly snapshotTurns?: Pick<Turns, 'take'>;
  /** Called for each snapshot, which then fails. */
  readonly begin?: () => void;
  readonly dispose?: () => Promise<void>;
}

/** A run of a container that somebody else owns; `released` are the leases that it gave back. */
async function runOf({
  exited,
  intervalMs = 3_600_000,
  snapshotTurns,
  begin = () => undefined,
  dispose = () => Promise.resolve(),
}: Scene): Promise<{ readonly run: ActiveRun; readonly released: readonly Lease[] }> {
  const released: Lease[] = [];
  const container = { id: 'c1', initPid: 1, exited, dispose, thaw: () => Promise.resolve(), processes: () => Promise.resolve([]) };
  const environment = {
    clock: systemClock,
    logger: silentLogger,
    stateDirectory: folder,
    leaseTtlMs: 3_600_000,
    exclude: [],
    limits: {},
    tools: { criu: '/nowhere/criu' },
    snapshotTurns,
    store: {
      begin: () => Promise.reject(new Error(`not of use: ${String(begin())}`)),
      end: () => Promise.resolve(),
      assertCurrent: () => Promise.resolve(),
    },
    catalog: { releaseLease: (lease: Lease) => Promise.resolve(void released.push(lease)) },
  };
  const run = await ActiveRun.create({
    environment,
    container,
    roots: [],
    restored: undefined,
    continues: undefined,
    announcements: [],
    epoch: { job: 'job', epoch: 1, attempt: 'a' },
    request: { job: 'job', command: ['c'], workingDirectory: '/', intervalMs, keep: 1, labels: {} },
    attempt: 'a',
    host: 'h',
    identity: { bootId: 'b', pid: 1, startTicks: 1 },
    directory: join(folder, 'run'),
    memoryDirectory: join(folder, 'memory'),
    lease: { job: 'job' },
    signal: undefined,
    events: new EventLog(systemClock, 'job', 'a', silentLogger),
    notes: { note: () => undefined, after: () => undefined, settled: () => Promise.resolve(), isBehind: false },
  } as unknown as ActiveRunOptions);
  return { run, released };
}

test('what cannot be removed after a job’s end changes nothing of its result', async () => {
  const exited = Promise.resolve({ exitCode: 3, signal: undefined });
  const { run, released } = await runOf({ exited, dispose: () => Promise.reject(new Error('a process does not end')) });
  await expect(run.result).resolves.toMatchObject({ outcome: 'exited', exitCode: 3 });
  expect(released).toEqual([{ job: 'job' }]);
});

test('who leaves a job that runs on does not give its lease back', async () => {
  const { run, released } = await runOf({ exited: new Promise(() => undefined) });
  await run.leave();
  expect(released).toEqual([]);
});

test('a snapshot of the interval waits for its turn and gives it back; one that somebody asks for does not', async () => {
  const turn = Promise.withResolvers<Disposable>();
  const said: string[] = [];
  const asked = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const take = (): Promise<Disposable> => {
    asked.resolve();
    return turn.promise;
  };
  const { run } = await runOf({
    exited: new Promise(() => undefined),
    intervalMs: 20,
    snapshotTurns: { take },
    begin: () => said.push('begun'),
  });
  await asked.promise;
  await expect(run.snapshot()).rejects.toMatchObject({ message: expect.stringContaining('not of use') as string });
  expect(said).toEqual(['begun']);
  turn.resolve({
    [Symbol.dispose]: () => {
      said.push('given back');
      over.resolve();
    },
  });
  await over.promise;
  expect(said.slice(0, 3)).toEqual(['begun', 'begun', 'given back']);
  await run.leave();
});
