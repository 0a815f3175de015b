import type { MetadataStore } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import { missingServer, startRedis, startRedisCluster, switchableProxy } from '@holdfast/testkit/servers';
import { describe, expect, test } from 'vitest';
import { keysBelow } from '../../src/redis/keys.js';
import { openStore } from './fixture.js';

const missing = missingServer('redis');
const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });
const time = '2026-01-02T03:04:05.000Z';
const checkpoint = { job: 'job', epoch: 1, attempt: 'a', createdAt: time, freezeMs: 1, logicalBytes: 1, storedBytes: 1 };
const job = {
  repositoryId: 'r',
  command: ['a'],
  workingDirectory: '/',
  status: 'running',
  labels: {},
  createdAt: time,
  updatedAt: time,
  exitCode: undefined,
} as const;

/** Puts checkpoints of a job, one after the other, until it is told to end; gives the numbers of those that were taken. */
async function putUntil(store: MetadataStore, name: string, isOver: () => boolean): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let number = 1; !isOver(); number += 1) {
    await store.putCheckpoint({ ...checkpoint, job: name, number });
    taken.push(number);
  }
  return taken;
}

async function numbersOf(store: MetadataStore, name: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  let page = await store.listCheckpoints(name);
  for (;;) {
    numbers.push(...page.items.map(({ number }) => number));
    if (page.nextCursor === undefined) break;
    page = await store.listCheckpoints(name, { cursor: page.nextCursor });
  }
  return numbers.toReversed();
}

/** By how many bytes the replica is behind. */
function offsetsOf(info: string): { readonly behind: number } {
  const primary = /^master_repl_offset:(\d+)/mu.exec(info)?.[1];
  const replica = /^slave0:.*offset=(\d+)/mu.exec(info)?.[1];
  return { behind: Number(primary) - Number(replica ?? Number.NaN) };
}

describe.skipIf(missing !== undefined)(`outages${missing === undefined ? '' : ` (${missing})`}`, () => {
  test('what was taken is there after the server was killed, and calls go on when it is back', { timeout: 120_000 }, async () => {
    await using server = await startRedis();
    await using store = await openStore(await server.fresh());
    let isOver = false;
    const putting = putUntil(store, 'job', () => isOver);
    for (let round = 0; round < 3; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await server.kill();
      await server.restart();
    }
    const last = (await numbersOf(store, 'job')).length;
    await expect.poll(async () => (await numbersOf(store, 'job')).length, { timeout: 30_000 }).toBeGreaterThan(last);
    isOver = true;
    const taken = await putting;
    expect(await numbersOf(store, 'job')).toEqual(taken);
  });

  test('a primary that was made a replica is left for the one that has its name now', { timeout: 120_000 }, async () => {
    await using primary = await startRedis();
    const access = await primary.fresh();
    await using proxy = await switchableProxy(primary.port);
    await using store = await openStore({ ...access, port: proxy.port });
    await store.putJob({ ...job, job: 'before' });
    await using replica = await primary.replica();
    await replica.catchUp();
    await replica.promote();
    // It answers on, over the session that the store has.
    await primary.query(`REPLICAOF 127.0.0.1 ${replica.port}`);
    proxy.pointTo(replica.port);
    await store.putJob({ ...job, job: 'after' });
    expect((await store.listJobs()).items.map((record) => record.job)).toEqual(['after', 'before']);
    expect(await replica.query(`EXISTS ${keysBelow(access.space).job('after').record}`)).toBe('1');
  });

  test('a catalog whose server is away as it is opened is open when the server comes within some seconds, and not much later', async () => {
    await using server = await startRedis();
    await using proxy = await switchableProxy(1);
    const access = { ...(await server.fresh()), port: proxy.port };
    const opening = openStore(access);
    // More than half a second of tries.
    await expect.poll(() => proxy.made(), { timeout: 10_000 }).toBeGreaterThan(6);
    proxy.pointTo(server.port);
    await using store = await opening;
    await store.putJob({ ...job, job: 'here' });
    expect((await store.listJobs()).items.map((record) => record.job)).toEqual(['here']);
    proxy.pointTo(1);
    const error = await assertRejects(openStore(access), { code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' });
    expect(error.message).toContain('ended the connection');
  });

  test('a cluster’s fail-over, of a job’s node and of the index’s, is survived within the call’s time', { timeout: 180_000 }, async () => {
    await using cluster = await startRedisCluster({ tls: true });
    const access = await cluster.fresh();
    await using store = await openStore(access);
    const keys = keysBelow(access.space);
    const before = await store.acquireLease('job', holder('a'), 1);
    await store.putJob({ ...job, job: 'before' });
    // What no replica has yet, a fail-over may lose.
    for (const key of [keys.job('before').record, keys.entries]) {
      const info = async (): Promise<string> => (await cluster.primaryOf(key)).query('INFO replication');
      await expect.poll(async () => offsetsOf(await info()), { timeout: 30_000 }).toMatchObject({ behind: 0 });
    }
    for (const key of [keys.job('job').lease, keys.entries]) {
      let isOver = false;
      const putting = putUntil(store, key, () => isOver);
      const primary = await cluster.primaryOf(key);
      await primary.kill();
      await store.putJob({ ...job, job: key });
      const next = await store.acquireLease('job', holder(key), 3_600_000);
      if (next.acquired && before.acquired) {
        expect(next.lease.term).toBeGreaterThan(before.lease.term);
        await store.releaseLease(next.lease);
      }
      expect(next.acquired).toBe(true);
      isOver = true;
      await putting;
      // Whole again before the next one is taken away: two of six would be too many.
      await primary.restart();
      await expect.poll(() => primary.query('INFO replication'), { timeout: 60_000 }).toContain('master_link_status:up');
    }
    expect((await store.listJobs()).items.map((record) => record.job)).toEqual(['before', keys.job('job').lease, keys.entries].toSorted());
  });
});
