import { createServer } from 'node:net';
import { silentLogger, systemClock } from '@holdfast/core';
import { startImds } from '@holdfast/testkit/imds';
import { expect, test } from 'vitest';
import { attendedAgent } from '../../src/agent/attended-agent.js';
import type { Agent, AgentOptions, AgentStatus, ContainerStatus, ProtectedJob } from '../../src/agent/types.js';
import type { RunEvent } from '../../src/run/events.js';
import type { Run, SnapshotOutcome } from '../../src/run/types.js';

const off = { watch: 'off', endpoint: 'http://127.0.0.1:1', intervalMs: 5 } as const;
const outcome: SnapshotOutcome = { number: 1, freezeMs: 1, totalMs: 1, logicalBytes: 1, storedBytes: 1 };
const committed: RunEvent = {
  type: 'snapshot.committed',
  memoryFrom: 'twin',
  reason: 'interval',
  createdAt: 'x',
  at: 'x',
  job: 'align-7',
  attempt: 'a1',
  ...outcome,
};

const container: ContainerStatus = {
  containerId: 'c1',
  containerName: 'align',
  job: 'align-7',
  state: 'protected',
  reason: undefined,
  since: 'x',
  epoch: 1,
  resumedFrom: undefined,
  lastSnapshotAt: undefined,
  memoryFrom: undefined,
  twinRefused: undefined,
  snapshots: 0,
  failuresInRow: 2,
  lastFailure: { at: 'x', code: 'HF_DUMP_FAILED', message: 'm', hint: undefined },
};
const well: ContainerStatus = { ...container, containerId: 'c2', failuresInRow: 0, lastFailure: undefined };
const status: AgentStatus = { pid: 1, startedAt: 'x', containers: [container, well], unprotected: [{ reason: 'r', count: 4 }] };

/** An agent that protects one job; what it was given, and whether it was ended. */
function stage() {
  const said: string[] = [];
  let given: AgentOptions = {};
  const run: Pick<Run, 'hold'> = {
    hold: () => Promise.resolve(outcome).finally(() => said.push('hold')),
  };
  const job: ProtectedJob = {
    job: 'align-7',
    containerId: 'c1',
    containerName: 'align',
    since: '2026-11-26T10:00:00Z',
    lastSnapshotAt: undefined,
    run: run as Run,
    memoryBytes: () => Promise.resolve(1),
  };
  const serve = (options: AgentOptions): Promise<Agent> => {
    given = options;
    said.push('served');
    return Promise.resolve({
      socket: '/run/x.sock',
      protectedJobs: () => [job],
      status: () => Promise.resolve(status),
      [Symbol.asyncDispose]: () => Promise.resolve().finally(() => said.push('ended')),
    });
  };
  return { said, serve, given: () => given };
}

const attended = ({ serve }: ReturnType<typeof stage>, config: Parameters<typeof attendedAgent>[0]['config'], options: AgentOptions = {}) =>
  attendedAgent({ config, options, clock: systemClock, logger: silentLogger, serve });

test('what the agent’s runs do is counted, for its status and for Prometheus, and told to who asked for it', async () => {
  const here = stage();
  const heard: string[] = [];
  const port = await freePort();
  const agent = await attended(
    here,
    { spot: off, metrics: { listen: { host: '127.0.0.1', port } } },
    { onEvent: ({ type }) => void heard.push(type) },
  );
  here.given().onEvent?.(committed);
  expect(heard).toEqual(['snapshot.committed']);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  for (const line of [
    'holdfast_protected_jobs 1',
    'holdfast_failing_jobs 1',
    'holdfast_unprotected_starts_total 4',
    'holdfast_snapshots_total{reason="interval"} 1',
  ])
    expect(text.split('\n')).toContain(line);
  expect(await here.given().counted?.(status)).toContainEqual({ name: 'holdfast_snapshots_total', labels: { reason: 'interval' }, value: 1 });
  await agent[Symbol.asyncDispose]();
  expect(here.said).toEqual(['served', 'ended']);
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow('fetch failed');
});

test('a notice reaches the jobs of the agent', async () => {
  await using imds = await startImds();
  const here = stage();
  const agent = await attended(here, { spot: { ...off, watch: 'on', endpoint: imds.endpoint }, metrics: { listen: undefined } });
  imds.announce('terminate');
  await expect.poll(() => here.said).toEqual(['served', 'hold']);
  await agent[Symbol.asyncDispose]();
});

test('an address for metrics that is taken is refused before a container is touched; an agent that cannot start leaves nothing', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const here = stage();
  await expect(attended(here, { spot: off, metrics: { listen: { host: '127.0.0.1', port } } })).rejects.toMatchObject({ code: 'HF_CONFIG' });
  expect(here.said).toEqual([]);
  await new Promise((resolve) => taken.close(resolve));
  const failing = { ...here, serve: () => Promise.reject(new Error('no')) };
  await expect(attended(failing, { spot: off, metrics: { listen: { host: '127.0.0.1', port } } })).rejects.toThrow('no');
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow('fetch failed');
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
