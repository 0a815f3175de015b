import { HoldfastError, type Logger } from '@holdfast/core';
import type { AgentOptions, AgentStatus, RunEvent } from '@holdfast/engine';
import { expect, test } from 'vitest';
import { narrateAgent } from '../../src/commands/agent/narrate-agent.js';
import { createPrinter } from '../../src/render/printer.js';
import { fakeDeployment } from '../support/fake-deployment.js';
import { runLine, startLine } from '../support/run-line.js';

const status: AgentStatus = {
  pid: 7,
  startedAt: '2026-11-22T14:00:00.000Z',
  containers: [
    {
      containerId: '0123456789abcdef',
      containerName: 'align',
      job: 'team-a.align-7',
      state: 'unprotected',
      reason: 'MMC_CHECKPOINT_INTERVAL is \u001B[31m5x',
      since: '2026-11-22T14:01:00.000Z',
      epoch: undefined,
      resumedFrom: undefined,
      lastSnapshotAt: undefined,
      memoryFrom: undefined,
      twinRefused: undefined,
      snapshots: 0,
      failuresInRow: 0,
      lastFailure: undefined,
    },
    {
      containerId: 'fedcba9876543210',
      containerName: 'sort',
      job: 'team-a.sort-1',
      state: 'protected',
      reason: undefined,
      since: '2026-11-22T14:01:00.000Z',
      epoch: 1,
      resumedFrom: undefined,
      lastSnapshotAt: '2026-11-22T14:00:00.000Z',
      memoryFrom: 'staged-disk',
      twinRefused: 'no-room',
      snapshots: 0,
      failuresInRow: 4,
      lastFailure: { at: '2026-11-22T14:04:00.000Z', code: 'HF_DUMP_FAILED', message: 'process 7 has an io_uring', hint: 'see Limits' },
    },
  ],
  unprotected: [{ reason: 'the agent did not answer', count: 2 }],
  counted: [
    { name: 'holdfast_snapshots_total', labels: { reason: 'interval' }, value: 3 },
    { name: 'holdfast_resumes_total', labels: {}, value: 0 },
  ],
};
const told: RunEvent = { type: 'job.started', pid: 1, at: 'x', job: 'align-7', attempt: 'a1' };
const committed: RunEvent = {
  type: 'snapshot.committed',
  reason: 'interval',
  number: 3,
  createdAt: 'x',
  freezeMs: 12,
  totalMs: 1200,
  logicalBytes: 1024,
  storedBytes: 10,
  memoryFrom: 'twin',
  at: 'x',
  job: 'align-7',
  attempt: 'a1',
};

test('agent status shows containers, who runs without protection, and what was counted', async () => {
  const { status: code, stdout } = await runLine(['agent', 'status'], { agent: { status: () => Promise.resolve(status) } });
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(/^agent {6}process 7 since .*, 2 containers$/u);
  expect(stdout).toContain('align (0123456789ab)');
  expect(stdout).toContain('unprotected: MMC_CHECKPOINT_INTERVAL is \\x1b[31m5x');
  expect(stdout).toContain('protected, but the last 4 snapshots failed: HF_DUMP_FAILED: process 7 has an io_uring ');
  expect(stdout).toContain(' disk (no-room) ');
  expect(stdout).toContain('unprotected 2 starts: the agent did not answer\n');
  expect(stdout).toContain('\nholdfast_snapshots_total{reason=interval} 3\n');
  expect(stdout).not.toContain('holdfast_resumes_total');
});

test('agent status --json is what the agent told', async () => {
  const { stdout } = await runLine(['agent', 'status', '--json'], { agent: { status: () => Promise.resolve(status) } });
  expect(JSON.parse(stdout)).toMatchObject({
    pid: 7,
    containers: [
      { job: 'team-a.align-7', epoch: null },
      { failuresInRow: 4, lastFailure: { code: 'HF_DUMP_FAILED', hint: 'see Limits' } },
    ],
    counted: [{ value: 3 }, { value: 0 }],
  });
});

test('agent status where there is none names the socket', async () => {
  const { status: code, stderr } = await runLine(['agent', 'status']);
  expect(code).toBe(5);
  expect(stderr).toContain('no agent answers at /run/holdfast/agent.sock');
});

test('agent serves until a signal, tells what happens to whom, and leaves containers alone', async () => {
  const said: string[] = [];
  let given: AgentOptions = {};
  const deployment = fakeDeployment({
    serveAgent: (options = {}) => {
      given = options;
      return Promise.resolve({
        socket: '/run/x.sock',
        protectedJobs: () => [],
        status: () => Promise.resolve(status),
        [Symbol.asyncDispose]: () => Promise.resolve(void said.push('disposed')),
      });
    },
  });
  const line = startLine(['agent'], { deployment });
  await expect.poll(line.stderr).toContain('the agent serves /run/x.sock\n');
  given.onEvent?.(told);
  given.onEvent?.(committed);
  line.signal('SIGTERM');
  expect(await line.status).toBe(0);
  expect(line.stdout()).toBe('');
  expect(line.stderr()).toBe(
    [
      'the agent serves /run/x.sock',
      "started job 'align-7'",
      "job 'align-7': snapshot 3: frozen 12ms, 10B added (1KiB in all), safe after 1.2s",
      'the agent ends; containers run on',
    ]
      .map((words) => `holdfast: ${words}\n`)
      .join(''),
  );
  expect([...said, ...deployment.calls]).toEqual(['disposed', 'closed']);
});

test('what the engine logs is said by an agent without --verbose', async () => {
  let logger: Logger | undefined;
  const failure = new HoldfastError('HF_AGENT_RUNNING', { kind: 'conflict', message: 'another agent serves it' });
  const deployment = fakeDeployment({
    serveAgent: () => {
      logger?.warn({ job: 'align-7' }, 'a container is not protected');
      logger?.debug({}, 'not this');
      return Promise.reject(failure);
    },
  });
  const { status: code, stderr } = await runLine(['agent'], {
    open: (_, options) => {
      logger = options?.logger;
      return Promise.resolve(deployment);
    },
  });
  expect(code).toBe(3);
  expect(stderr).toContain('holdfast: a container is not protected {"job":"align-7"}\n');
  expect(stderr).toContain('another agent serves it');
  expect(stderr).not.toContain('not this');
});

test('progress is no news in a log, and a job’s name is on every line', () => {
  let written = '';
  const stream = { write: (text: string) => void (written += text), isTerminal: false, columns: undefined };
  const clock = { now: () => new Date('2026-11-22T14:45:00Z'), monotonicMs: () => 0 };
  const printer = createPrinter({ stdout: stream, stderr: stream }, { json: false, quiet: 0, verbose: false, colors: false, clock });
  const tell = narrateAgent(printer, clock);
  tell({ type: 'snapshot.progress', bytes: 1, totalBytes: 2, bytesPerSecond: 1, at: 'x', job: 'a\nb', attempt: 'a1' });
  tell({ type: 'catalog.recovered', at: 'x', job: 'a\nb', attempt: 'a1' });
  expect(written).toBe("holdfast: job 'a\\nb': the catalog answers again\n");
});

test('another word than status is refused', async () => {
  expect((await runLine(['agent', 'stop'])).status).toBe(2);
});
