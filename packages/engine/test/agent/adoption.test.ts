import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError, type JobState, silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import type { AgentContext } from '../../src/agent/agent-context.js';
import { ContainerEntry } from '../../src/agent/container-entry.js';
import type { ContainerSetup } from '../../src/agent/container-setup.js';
import { NodeAgent } from '../../src/agent/node-agent.js';
import type { UnprotectedList } from '../../src/agent/unprotected-list.js';
import { AdoptedContainer } from '../../src/container/adopted/adopted-container.js';
import { parseMountInfo } from '../../src/container/host-mounts.js';
import { ownProcessIdentity } from '../../src/container/process-identity.js';
import { ActiveRun } from '../../src/run/active-run.js';
import { bundle } from '../oci/bundles.js';

let folder: string;
let refused: string[];
let kill: MockInstance<AdoptedContainer['kill']>;
let relayed: MockInstance<AdoptedContainer['relayed']>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-adoption-'));
  refused = [];
  kill = vi.spyOn(AdoptedContainer.prototype, 'kill').mockResolvedValue();
  relayed = vi.spyOn(AdoptedContainer.prototype, 'relayed').mockReturnValue();
  const { pid, startTicks } = ownProcessIdentity();
  const mounts = parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8')).filter(({ type }) => type.startsWith('cgroup'));
  const groups = mounts.map(({ mountPoint, superOptions, type }) => {
    return [type === 'cgroup2' ? '' : (superOptions.find((option) => option === 'freezer') ?? 'none'), `${mountPoint}/holdfast-gone`] as const;
  });
  for (const name of ['runc/c1', 'run/killed']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(
    join(folder, 'runc/c1/state.json'),
    JSON.stringify({ init_process_pid: pid, init_process_start: startTicks, cgroup_paths: Object.fromEntries(groups) }),
  );
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
    config: {
      stateDirectory: folder,
      job: { resume: {}, tcp: 'close' },
      limits: { restoreTimeoutMs: 1000 },
      agent: { socket: join(folder, 'run/agent.sock') },
    },
    options: {},
    identity: ownProcessIdentity(),
    host: 'h',
    docker: { stateOf: () => Promise.resolve('gone'), exitCode: () => new Promise(() => undefined) },
    tools: {},
    clock: systemClock,
    logger: silentLogger,
    environmentOf: () => Promise.resolve(environment),
  } as unknown as AgentContext;
  const agent = new NodeAgent(context, { add: (_id: string, why: string) => Promise.resolve(void refused.push(why)) } as unknown as UnprotectedList);
  const files = { exclude: [], roots: [], mountpoints: [] };
  const place = { id: 'c1', name: 'c', job: 'job', bundle: folder, root: join(folder, 'runc') };
  const entry = new ContainerEntry({ ...place, contract: {}, description: bundle(), files } as unknown as ContainerSetup, '');
  if (mine) await entry.noteAttempt(folder, 'before', heldBy('long ago', 3));
  agent.follow(entry);
  return { agent, entry };
}

describe('a container that an agent goes on with', () => {
  test('is ended where another attempt has taken its job over meanwhile', async () => {
    const { entry } = await adopt(heldBy('elsewhere', 5));
    await entry.finished;
    expect(kill).toHaveBeenCalledTimes(1);
    expect(claim).not.toHaveBeenCalled();
    expect(refused).toEqual([expect.stringContaining('has taken over job job') as string]);
  });

  test('runs on unprotected where the job has snapshots that it did not start from', async () => {
    const { entry } = await adopt(heldBy('elsewhere', 5), false);
    await entry.finished;
    expect([kill.mock.calls, claim.mock.calls]).toEqual([[], []]);
    expect(refused).toEqual([expect.stringContaining('did not start from') as string]);
  });

  test('hears what was sent to it while no agent was there, and what is sent from then on', async () => {
    await writeFile(join(folder, 'run/killed/c1'), `15 ${Date.now() - 5000}\n`);
    const run = { result: new Promise(() => undefined), leave: () => Promise.resolve() } as unknown as ActiveRun;
    vi.spyOn(ActiveRun, 'create').mockResolvedValue(run);
    const { agent, entry } = await adopt(heldBy('before', 4));
    await vi.waitFor(() => expect(relayed).toHaveBeenCalledTimes(1), 20_000);
    const [signal, sinceMs] = relayed.mock.calls[0] as [number, number];
    expect(signal).toBe(15);
    expect(sinceMs).toBeGreaterThanOrEqual(5000);
    expect(entry.container).toBeInstanceOf(AdoptedContainer);
    await agent.answer({ call: 'kill', id: 'c1', signal: 2 }, new AbortController().signal);
    expect(relayed).toHaveBeenLastCalledWith(2, 0);
    await agent.leave();
  });
});
