import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assertRejects } from '@holdfast/testkit/contract';
import { missingServer, type ServerAccess, startRedis, startRedisCluster, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { createEvents } from '../../src/redis/events.js';
import { keysBelow } from '../../src/redis/keys.js';
import { createLeases } from '../../src/redis/leases.js';
import { runScript, script } from '../../src/redis/run-script.js';
import { walkScript } from '../../src/redis/scripts/index-scripts.js';
import { createSession } from '../../src/redis/session.js';
import { checkpoint } from '../records.js';
import { connectionTo } from './connection-to.js';
import { openStore } from './fixture.js';

const missing = missingServer('redis');
const program = fileURLToPath(new URL('open-in-child.ts', import.meta.url));
const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });
describe.skipIf(missing !== undefined)(`the catalog on Redis${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  afterEach(() => {
    vi.useRealTimers();
  });

  test('of processes that open a new catalog and try for one lease at once, one gets it and all know who', { timeout: 90_000 }, async () => {
    const access = await server.fresh();
    const attempts = ['a', 'b', 'c', 'd'];
    const env = { ...process.env, HOLDFAST_CATALOG_PASSWORD: access.password };
    const said = await Promise.all(
      attempts.map((attempt) =>
        promisify(execFile)(process.execPath, [program, `${access.url}?retryFor=30s&prefix=${encodeURIComponent(access.space)}`, attempt], {
          env,
          timeout: 60_000,
        }),
      ),
    );
    expect(said.map(({ stderr }) => stderr).join('')).toBe('');
    const winner = attempts[said.findIndex(({ stdout }) => stdout === 'won')];
    expect(said.map(({ stdout }) => stdout)).toEqual(attempts.map((attempt) => (attempt === winner ? 'won' : `lost to ${winner}`)));
  });

  test('leases go by the server’s clock, not by the caller’s', async () => {
    await using store = await openStore(await server.fresh());
    await store.acquireLease('job', holder('a'), 3_600_000);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    expect((await store.acquireLease('job', holder('b'), 1000)).acquired).toBe(false);
  });

  test('keys of a newer version are refused and left alone; a version that is none is corrupt', async () => {
    const access = await server.fresh();
    await (await openStore(access))[Symbol.asyncDispose]();
    const { schema } = keysBelow(access.space);
    expect(await server.query(`GET ${schema}`)).toBe('1');
    await server.query(`SET ${schema} 2`);
    const error = await assertRejects(openStore(access), { code: 'HF_FORMAT_NEWER', kind: 'newer-format' });
    expect(error.message).toContain('version 2');
    expect(await server.query(`GET ${schema}`)).toBe('2');
    await server.query(`SET ${schema} notes`);
    await assertRejects(openStore(access), { code: 'HF_CATALOG_CORRUPT', kind: 'corrupt' });
  });

  test.each([
    ['a record that is none', (access: ServerAccess) => `HSET ${keysBelow(access.space).job('job').checkpoints} 1 {}`],
    [
      'a key of another kind',
      (access: ServerAccess) => `DEL ${keysBelow(access.space).job('job').checkpoints}\nSET ${keysBelow(access.space).job('job').checkpoints} 1`,
    ],
    ['a lease without numbers', (access: ServerAccess) => `HSET ${keysBelow(access.space).job('job').lease} term x attempt a`],
    [
      'a lease without its holder',
      (access: ServerAccess) => `HSET ${keysBelow(access.space).job('job').lease} term 1 attempt a expires 9999999999999`,
    ],
    ['a job that is none', (access: ServerAccess) => `HSET ${keysBelow(access.space).job('job').record} record {} version 1`],
  ])('%s is corrupt, not a wrong answer', async (_, damage) => {
    const access = await server.fresh();
    await using store = await openStore(access);
    await store.putCheckpoint(checkpoint);
    await server.query(damage(access));
    const use = async (): Promise<void> => {
      await store.listCheckpoints('job');
      await store.currentLease('job');
      await store.getJob('job');
    };
    const error = await assertRejects(use(), { code: 'HF_CATALOG_CORRUPT', kind: 'corrupt' });
    expect(error.hint).toContain('rebuilt');
  });

  test('a server that evicts keys of all kinds is found, and so is nothing where it does not or may not tell', async () => {
    const access = await server.fresh();
    await using store = await openStore(access);
    const policies: [string, string, boolean][] = [
      ['allkeys-lru', '100mb', true],
      ['volatile-lru', '100mb', false],
      ['allkeys-lfu', '0', false],
      ['noeviction', '100mb', false],
    ];
    for (const [policy, limit, isFound] of policies) {
      await server.query(`CONFIG SET maxmemory-policy ${policy}\nCONFIG SET maxmemory ${limit}`);
      const findings = await store.findings();
      expect(
        findings.map(({ detail, remedy }) => [detail.includes(policy), remedy.includes('noeviction')]),
        policy,
      ).toEqual(isFound ? [[true, true]] : []);
    }
    await server.query(`CONFIG SET maxmemory-policy allkeys-lru\nACL SETUSER ${access.user} -info`);
    expect(await store.findings()).toEqual([]);
    await server.query('CONFIG SET maxmemory-policy noeviction\nCONFIG SET maxmemory 0');
  });

  test('an acquisition waits for a replica where one follows, and a renewal does not', async () => {
    await using primary = await startRedis();
    const waits = async (): Promise<string> => /cmdstat_wait:calls=(\d+)/u.exec(await primary.query('INFO commandstats'))?.[1] ?? '0';
    await using store = await openStore(await primary.fresh());
    await store.acquireLease('job', holder('a'), 60_000);
    expect(await waits()).toBe('0');
    await using _follower = await primary.replica();
    const outcome = await store.acquireLease('other', holder('a'), 60_000);
    expect(await waits()).toBe('1');
    if (outcome.acquired) await store.renewLease(outcome.lease, 60_000);
    expect([outcome.acquired, await waits()]).toEqual([true, '1']);
  });

  test('scripts that the server forgot are told it again', async () => {
    await using store = await openStore(await server.fresh());
    await store.putCheckpoint(checkpoint);
    await server.query('SCRIPT FLUSH');
    await store.putCheckpoint({ ...checkpoint, number: 2 });
    expect((await store.listCheckpoints('job')).items).toHaveLength(2);
  });

  test('a call whose answer was lost does its work once, and tells what it did', async () => {
    const access = await server.fresh();
    const connection = connectionTo(access);
    let answers = 0;
    const forgetful = {
      ...connection,
      send: async (...command: Parameters<typeof connection.send>) => {
        const answer = await connection.send(...command);
        // Every second one is lost on its way.
        if ((answers += 1) % 2 === 1) throw new Error('Connection is closed.');
        return answer;
      },
    };
    const session = createSession(forgetful, { location: 'here', timeoutMs: 30_000 });
    const [events, leases] = [createEvents(session, keysBelow(access.space)), createLeases(session, keysBelow(access.space))];
    await events.appendEvent({ job: 'job', attempt: undefined, at: checkpoint.createdAt, type: 'once', detail: {} });
    expect((await events.listEvents('job')).items).toHaveLength(1);
    const outcome = await leases.acquireLease('job', holder('a'), 60_000);
    expect(outcome.acquired).toBe(true);
    if (outcome.acquired) expect(await leases.breakLease(outcome.lease)).toBe(true);
    session.close();
  });

  test('a walk that looks at enough stops, and tells where to go on', async () => {
    const access = await server.fresh();
    const connection = connectionTo(access);
    await expect.poll(() => connection.isReady(), { timeout: 30_000 }).toBe(true);
    const key = `${access.space}{x}`;
    const members = Array.from({ length: 1200 }, (_, index) => `${String(index).padStart(4, '0')}${index % 7 === 0 ? 'mine' : 'other'}`);
    await connection.send('zadd', key, ...members.flatMap((member) => ['0', member]));
    const found: string[] = [];
    let [from, walks] = ['-', 0];
    while (from !== '') {
      const answer = await runScript(connection, walkScript, [key], [from, '+', 4, 'mine', 50, 700]);
      const [some, next] = z.tuple([z.array(z.string()), z.string()]).parse(answer);
      found.push(...some);
      from = next;
      walks += 1;
    }
    expect(found).toEqual(members.filter((member) => member.endsWith('mine')));
    // 172 of 1200 by 50: the fourth is sent on by the end of the list, not by what it found.
    expect(walks).toBeGreaterThan(3);
    connection.close();
  });
});

describe.skipIf(missing !== undefined)(`a cluster${missing === undefined ? '' : ` (${missing})`}`, () => {
  test('has no database but 0, is found out by the server’s word, and holds jobs on all its nodes', async () => {
    await using cluster = await startRedisCluster({ followers: 0 });
    const access = await cluster.fresh();
    await assertRejects(openStore(access, { database: 1 }), { code: 'HF_CONFIG' });
    await using store = await openStore(access);
    const jobs = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    for (const job of jobs) await store.putCheckpoint({ ...checkpoint, job });
    const counts = await Promise.all(cluster.nodes.map(async (node) => Number(await node.query('DBSIZE'))));
    for (const count of counts) expect(count).toBeGreaterThan(0);
  });

  test('a script runs by its text where its digest is not known', async () => {
    await using redis = await startRedis();
    const connection = connectionTo(await redis.fresh());
    await expect.poll(() => connection.isReady(), { timeout: 30_000 }).toBe(true);
    expect(await runScript(connection, script('return 7'), [], [])).toBe(7);
    connection.close();
  });
});
