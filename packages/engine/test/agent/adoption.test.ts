import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError, type JobState, silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AgentContext } from '../../src/agent/agent-context.js';
import { ContainerEntry } from '../../src/agent/container-entry.js';
import type { ContainerSetup } from '../../src/agent/container-setup.js';
import { NodeAgent } from '../../src/agent/node-agent.js';
import type { UnprotectedList } from '../../src/agent/unprotected-list.js';
import type { AdoptedContainer } from '../../src/container/adopted/adopted-container.js';
import { ownProcessIdentity } from '../../src/container/process-identity.js';
import { ActiveRun } from '../../src/run/active-run.js';

const container = { initPid: 1, kill: vi.fn(() => Promise.resolve()), relayed: vi.fn(), leave: vi.fn() };
vi.mock('../../src/agent/adopt-container.js', () => ({ adoptContainer: () => Promise.resolve(container) }));

let folder: string;
let refused: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-adoption-'));
  refused = [];
  const { pid, startTicks } = ownProcessIdentity();
  for (const name of ['runc/c1', 'run/killed']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'runc/c1/state.json'), JSON.stringify({ init_process_pid: pid, init_process_start: startTicks }));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.clearAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const claim = vi.fn((job: string) => Promise.resolve({ job, epoch: 6, from: undefined }));

function heldBy(attempt: string, epoch: number): JobState {
  const holder = { attempt, host: 'h', pid: 1 };
  return {
    job: 'job',
    epoch: { job: 'job', epoch, attempt, from: undefined, firstNumber: 1, holder, claimedAt: '', end: undefined },
    newest: 1,
    sources: [],
  };
}

/** An agent that goes on with a container whose program runs; `mine`: for which the attempt `before` had claimed its job. */
async function adopt(state: JobState, mine = true): Promise<{ readonly agent: NodeAgent; readonly entry: ContainerEntry }> {
  const catalog = { acquireLease: () => Promise.reject(new HoldfastError('HF_CATALOG_UNAVAILABLE', { message: 'down', kind: 'unavailable' })) };
  const store = { repositoryId: 'r', state: () => Promise.resolve(state), claim, withdraw: () => Promise.resolve() };
  const journal = { folder: join(folder, 'journal'), key: '0' };
  const environment = { store, catalog, journal, stateDirectory: folder, memoryDirectory: folder, leaseTtlMs: 1000, exclude: [] };
  const context = {
    config: { stateDirectory: folder, job: { resume: {} }, limits: { restoreTimeoutMs: 1000 }, agent: { socket: join(folder, 'run/agent.sock') } },
    options: {},
    identity: ownProcessIdentity(),
    host: 'h',
    docker: { stateOf: () => Promise.resolve('gone') },
    clock: systemClock,
    logger: silentLogger,
    environmentOf: () => Promise.resolve(environment),
  } as unknown as AgentContext;
  const agent = new NodeAgent(context, { add: (_id: string, why: string) => Promise.resolve(void refused.push(why)) } as unknown as UnprotectedList);
  const description = { args: ['c'], workingDirectory: '/' };
  const files = { exclude: [], roots: [] };
  const place = { id: 'c1', name: 'c', job: 'job', bundle: folder, root: join(folder, 'runc') };
  const entry = new ContainerEntry({ ...place, contract: {}, description, files } as unknown as ContainerSetup, '');
  if (mine) await entry.noteAttempt(folder, 'before', heldBy('long ago', 3));
  agent.follow(entry);
  return { agent, entry };
}

describe('a container that an agent goes on with', () => {
  test('is ended where another attempt has taken its job over meanwhile', async () => {
    const { entry } = await adopt(heldBy('elsewhere', 5));
    await entry.finished;
    expect(container.kill).toHaveBeenCalledTimes(1);
    expect(claim).not.toHaveBeenCalled();
    expect(refused).toEqual([expect.stringContaining('has taken over job job') as string]);
  });

  test('runs on unprotected where the job has snapshots that it did not start from', async () => {
    const { entry } = await adopt(heldBy('elsewhere', 5), false);
    await entry.finished;
    expect([container.kill.mock.calls, claim.mock.calls]).toEqual([[], []]);
    expect(refused).toEqual([expect.stringContaining('did not start from') as string]);
  });

  test('hears what was sent to it while no agent was there, and what is sent from then on', async () => {
    await writeFile(join(folder, 'run/killed/c1'), `15 ${Date.now() - 5000}\n`);
    const run = { result: new Promise(() => undefined), leave: () => Promise.resolve() } as unknown as ActiveRun;
    vi.spyOn(ActiveRun, 'create').mockResolvedValue(run);
    const { agent, entry } = await adopt(heldBy('before', 4));
    await vi.waitFor(() => expect(container.relayed).toHaveBeenCalledTimes(1));
    const [signal, sinceMs] = container.relayed.mock.calls[0] as [number, number];
    expect(signal).toBe(15);
    expect(sinceMs).toBeGreaterThanOrEqual(5000);
    expect(entry.container).toBe(container as unknown as AdoptedContainer);
    await agent.answer({ call: 'kill', id: 'c1', signal: 2 });
    expect(container.relayed).toHaveBeenLastCalledWith(2, 0);
    await agent.leave();
  });
});
