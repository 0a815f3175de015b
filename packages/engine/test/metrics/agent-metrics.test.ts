import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AgentMetrics, createAgentMetrics } from '../../src/metrics/agent-metrics.js';
import { serveMetrics } from '../../src/metrics/serve-metrics.js';
import type { RunEventBody } from '../../src/run/events.js';

let metrics: AgentMetrics;
const now = { protectedJobs: 3, failingJobs: 1, unprotectedStarts: 2 };
const servers: AsyncDisposable[] = [];
beforeEach(async () => {
  metrics = await createAgentMetrics();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

const tell = (body: RunEventBody): void => metrics.onEvent({ at: '2026-11-26T10:00:00Z', job: 'align-7', attempt: 'a1', ...body });
const committed = (reason: 'interval' | 'notice', freezeMs: number): void =>
  tell({
    type: 'snapshot.committed',
    reason,
    number: 1,
    createdAt: 'x',
    freezeMs,
    totalMs: 3000,
    logicalBytes: 1000,
    storedBytes: 10,
    memoryFrom: 'twin',
  });

test('what happens in runs is counted', async () => {
  committed('interval', 40);
  committed('interval', 60);
  committed('notice', 700);
  tell({ type: 'snapshot.failed', reason: 'interval', code: 'HF_DUMP_FAILED', message: 'm', hint: undefined });
  tell({ type: 'job.resumed', pid: 1, snapshot: 1, restoreMs: 1, restoredFiles: 1, restoredBytes: 1 });
  tell({ type: 'restore.failed', snapshot: 1, code: 'HF_PACK_CORRUPT', message: 'm', next: 'older' });
  const lines = (await metrics.text(now)).split('\n');
  for (const line of [
    'holdfast_snapshots_total{reason="interval"} 2',
    'holdfast_snapshots_total{reason="notice"} 1',
    'holdfast_snapshot_failures_total{code="HF_DUMP_FAILED"} 1',
    'holdfast_snapshot_logical_bytes_total 3000',
    'holdfast_snapshot_stored_bytes_total 30',
    'holdfast_resumes_total 1',
    'holdfast_resume_failures_total{code="HF_PACK_CORRUPT"} 1',
    'holdfast_freeze_seconds_bucket{le="0.05"} 1',
    'holdfast_freeze_seconds_bucket{le="0.1"} 2',
    'holdfast_freeze_seconds_count 3',
    'holdfast_snapshot_seconds_sum 9',
    'holdfast_protected_jobs 3',
    'holdfast_failing_jobs 1',
    'holdfast_unprotected_starts_total 2',
  ])
    expect(lines).toContain(line);
  expect(lines.join('\n')).not.toContain('align-7');
});

test('notices and what became of their snapshots are counted; samples are the same numbers', async () => {
  metrics.onNotice('terminate');
  metrics.onNotice('rebalance');
  metrics.onNoticeOutcome('held');
  metrics.onNoticeOutcome('held');
  metrics.onNoticeOutcome('failed');
  committed('notice', 500);
  const samples = await metrics.samples(now);
  expect(samples).toEqual(
    expect.arrayContaining([
      { name: 'holdfast_spot_notices_total', labels: { kind: 'terminate' }, value: 1 },
      { name: 'holdfast_spot_notices_total', labels: { kind: 'rebalance' }, value: 1 },
      { name: 'holdfast_notice_snapshots_total', labels: { outcome: 'held' }, value: 2 },
      { name: 'holdfast_notice_snapshots_total', labels: { outcome: 'failed' }, value: 1 },
      { name: 'holdfast_freeze_seconds_sum', labels: {}, value: 0.5 },
    ]),
  );
  expect(samples.filter(({ name }) => name.endsWith('_bucket'))).toEqual([]);
});

test('sums of samples hold no noise of binary fractions', async () => {
  for (const freezeMs of [100, 200]) committed('interval', freezeMs);
  expect(await metrics.samples(now)).toContainEqual({ name: 'holdfast_freeze_seconds_sum', labels: {}, value: 0.3 });
});

test('starts without protection are those that there are now, not added up at each reading', async () => {
  await metrics.text(now);
  expect(await metrics.text({ ...now, unprotectedStarts: 5 })).toContain('\nholdfast_unprotected_starts_total 5\n');
});

test('two agents of one process count for themselves', async () => {
  const other = await createAgentMetrics();
  committed('interval', 1);
  expect(await other.text(now)).toContain('\nholdfast_freeze_seconds_count 0\n');
});

test('Prometheus reads them at /metrics, and nothing else is there', async () => {
  const served = { contentType: metrics.contentType, text: () => metrics.text(now) };
  const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, served);
  servers.push(server);
  const read = (path: string, method = 'GET'): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  const answer = await read('/metrics');
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  expect(await answer.text()).toContain('\nholdfast_protected_jobs 3\n');
  expect((await read('/')).status).toBe(404);
  expect((await read('/metrics', 'POST')).status).toBe(405);
  await expect(serveMetrics({ host: '127.0.0.1', port: server.port }, served)).rejects.toMatchObject({ code: 'HF_CONFIG' });
});

test('numbers that cannot be told are no reason for the agent to fail', async () => {
  const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, { contentType: 'x', text: () => Promise.reject(new Error('no')) });
  servers.push(server);
  expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(500);
});
