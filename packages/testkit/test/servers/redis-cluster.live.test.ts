import { missingServer, type RedisCluster, startRedisCluster } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { disposedInChild, killedInChild } from './in-child.js';

const missing = missingServer('redis');

describe.skipIf(missing !== undefined)(`Redis in cluster mode${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster({ tls: true });
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  it('spreads keys over three primaries, and knows which has a key', async () => {
    const primaries = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => cluster.primaryOf(key)));
    expect(new Set(primaries.map(({ port }) => port)).size).toBe(3);
    expect(cluster.nodes).toHaveLength(6);
    expect(await cluster.query('SET a 1\nSET b 2\nSET c 3\nGET a\nGET b\nGET c')).toBe('OK\nOK\nOK\n1\n2\n3');
    const [ofA] = primaries;
    expect(await ofA?.query('GET a')).toBe('1');
  });

  it('takes TLS alone, no default user, and gives a test a user with keys of its own on every node', async () => {
    const mine = await cluster.fresh();
    for (const { port } of cluster.nodes) {
      const there = { ...mine, port };
      expect(await cluster.nodes[0]?.query(`PING`, there)).toBe('PONG');
      await expect(cluster.nodes[0]?.query('PING', { ...there, caFile: undefined })).rejects.toThrow();
      await expect(cluster.nodes[0]?.query('PING', { ...there, user: 'default', password: '' })).rejects.toThrow(/NOAUTH|WRONGPASS/);
    }
    await expect(cluster.query('GET a', mine)).rejects.toThrow('NOPERM');
  });

  it('makes a follower primary when its own is lost, and keeps what that had confirmed', async () => {
    const mine = await cluster.fresh();
    const key = `${mine.space}kept`;
    const lost = await cluster.primaryOf(key);
    await lost.query(`SET ${key} 7\nWAIT 1 10000`);
    await lost.kill();
    const next = await vi.waitUntil(
      async () => {
        const node = await cluster.primaryOf(key).catch(() => lost);
        return node === lost ? undefined : node;
      },
      { timeout: 60_000, interval: 100 },
    );
    expect(await next.query(`GET ${key}`, { ...mine, port: next.port })).toBe('7');
    await vi.waitUntil(
      () =>
        cluster.query(`SET ${key} 8`, mine).then(
          () => true,
          () => false,
        ),
      { timeout: 60_000, interval: 100 },
    );
    await lost.restart();
    expect(await cluster.query(`GET ${key}`, mine)).toBe('8');
  });

  it('is gone, with its folders, after its disposal', async () => {
    expect(await disposedInChild('startRedisCluster')).toEqual({ files: [], processes: [] });
  });

  it('is gone, with its folders, after its process is killed', async () => {
    expect(await killedInChild('startRedisCluster')).toEqual({ files: [], processes: [] });
  });
});
