import { readFile } from 'node:fs/promises';
import type { MetadataStore } from '@holdfast/core';
import { missingServer, type ServerAccess, startRedis, startRedisCluster } from '@holdfast/testkit/servers';
import { describe, expect, test } from 'vitest';
import { openStore } from './fixture.js';

const missing = missingServer('redis');
const document = new URL('../../../../docs/catalog-redis.md', import.meta.url);
const time = '2026-01-02T03:04:05.000Z';
const job = {
  job: 'job',
  repositoryId: 'r',
  command: ['a'],
  workingDirectory: '/',
  status: 'running',
  labels: { a: 'b' },
  createdAt: time,
  updatedAt: time,
  exitCode: undefined,
} as const;
const checkpoint = { job: 'job', number: 1, epoch: 1, attempt: 'a', createdAt: time, freezeMs: 1, logicalBytes: 1, storedBytes: 1 };

/** The user of the document, with a password of this test's. */
async function documented(access: ServerAccess): Promise<{ readonly command: string; readonly user: ServerAccess }> {
  const command = /^ACL SETUSER .*$/mu.exec(await readFile(document, 'utf8'))?.[0] ?? '';
  const [, , name = ''] = command.split(' ');
  // The servers of tests have a user of that name.
  const other = 'catalog';
  return {
    command: command.replaceAll(name, other).replace('>PASSWORD', `>${access.password}`),
    user: { ...access, user: other, space: `${other}:` },
  };
}

/** One call of every kind that sends commands of its own. */
async function everyCall(store: MetadataStore): Promise<void> {
  await store.putJob(job);
  await store.putAttempt({
    job: 'job',
    attempt: 'a',
    epoch: 1,
    host: 'h',
    pid: 1,
    startedAt: time,
    endedAt: undefined,
    resumedFrom: undefined,
    outcome: 'running',
    exitCode: undefined,
  });
  await store.putCheckpoint(checkpoint);
  await store.appendEvent({ job: 'job', attempt: 'a', at: time, type: 'e', detail: {} });
  const outcome = await store.acquireLease('job', { attempt: 'a', host: 'h', bootId: 'b', pid: 1, startTicks: 1 }, 60_000);
  if (!outcome.acquired) throw new Error('the lease was not free');
  await store.releaseLease(await store.renewLease(outcome.lease, 60_000));
  expect((await store.listJobs({ status: 'running', label: { name: 'a', value: 'b' } })).items).toEqual([job]);
  expect([
    (await store.listAttempts('job')).length,
    (await store.listCheckpoints('job')).items.length,
    (await store.listEvents('job')).items.length,
  ]).toEqual([1, 1, 1]);
  expect((await store.totals({ repositoryId: 'r' })).snapshots).toBe(1);
  expect(await store.findings()).toEqual([]);
  await store.removeCheckpoints('job', [1]);
  await store.removeJob('job');
  expect(await store.currentLease('job')).toBeUndefined();
}

describe.skipIf(missing !== undefined)(`the rights that the document names${missing === undefined ? '' : ` (${missing})`}`, () => {
  test('are enough on one server, and none of them is refused', async () => {
    await using server = await startRedis();
    const { command, user } = await documented(server);
    await server.query(command);
    await using store = await openStore(user);
    await everyCall(store);
    expect(await server.query('ACL LOG')).toBe('');
  });

  test('are enough on a cluster with followers, and none of them is refused', { timeout: 120_000 }, async () => {
    await using cluster = await startRedisCluster();
    const { command, user } = await documented(cluster);
    for (const node of cluster.nodes) await node.query(command);
    await using store = await openStore(user);
    await everyCall(store);
    for (const node of cluster.nodes) expect(await node.query('ACL LOG')).toBe('');
  });
});
