import { randomUUID } from 'node:crypto';
import type { JobQuery, JobRecord, JobStatus } from '@holdfast/core';
import { missingServer, type ServerAccess, startRedis, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/redis/connection.js';
import { createJobIndex } from '../../src/redis/job-index.js';
import { createJobs } from '../../src/redis/jobs.js';
import type { Jobs } from '../../src/calls/parts.js';
import { keysBelow } from '../../src/redis/keys.js';
import { createSession } from '../../src/redis/session.js';
import { connectionTo } from './connection-to.js';

const missing = missingServer('redis');
const firstTime = '2026-01-02T03:04:05.000Z';
const laterTime = '2026-01-03T03:04:05.000Z';

function record(job: string, status: JobStatus, updatedAt: string): JobRecord {
  const rest = { command: ['a'], workingDirectory: '/w', labels: { team: status }, exitCode: undefined };
  return { job, repositoryId: 'r', status, createdAt: firstTime, updatedAt, ...rest };
}

describe.skipIf(missing !== undefined)(`the index of jobs${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: TestServer;
  const open = new AsyncDisposableStack();
  beforeAll(async () => {
    server = await startRedis();
    // The server knows the scripts then: a step is one command.
    const jobs = jobsOf(await server.fresh());
    await jobs.putJob(record('job', 'running', firstTime));
    await jobs.removeJob('job');
  });
  afterAll(async () => {
    await open.disposeAsync();
    await server[Symbol.asyncDispose]();
  });

  /** The job calls of a process; the answers to its commands are waited for by `hold`, which may never let go of one. */
  function jobsOf(access: ServerAccess, hold: (commandNumber: number) => Promise<void> = () => Promise.resolve()): Jobs {
    const connection = connectionTo(access);
    let count = 0;
    const held: Connection = {
      ...connection,
      send: async (...command) => {
        await hold((count += 1));
        return connection.send(...command);
      },
    };
    const session = createSession(held, { location: 'here', timeoutMs: 30_000 });
    open.defer(() => session.close());
    const keys = keysBelow(access.space);
    return createJobs(session, keys, createJobIndex('here', keys));
  }

  /** A process that dies behind its n-th command. */
  function diesAfter(access: ServerAccess, commands: number): { readonly jobs: Jobs; readonly dead: Promise<void> } {
    const { promise: dead, resolve } = Promise.withResolvers<void>();
    const hold = (number: number): Promise<void> => {
      if (number <= commands) return Promise.resolve();
      resolve();
      return new Promise(() => undefined);
    };
    return { jobs: jobsOf(access, hold), dead };
  }

  async function names(jobs: Jobs, query: JobQuery): Promise<readonly string[]> {
    return (await jobs.listJobs(query)).items.map(({ job }) => job);
  }

  /** In every choice the index says of the job what its record says. */
  async function expectTrue(jobs: Jobs, job: string): Promise<void> {
    const stored = await jobs.getJob(job);
    for (const status of ['running', 'failed', 'succeeded'] as const) {
      const expected = stored?.status === status ? [job] : [];
      expect(await names(jobs, { prefix: job, status })).toEqual(expected);
      expect(await names(jobs, { prefix: job, label: { name: 'team', value: status } })).toEqual(expected);
    }
    expect(await names(jobs, { prefix: job })).toEqual(stored === undefined ? [] : [job]);
  }

  /** The index is right as it lies there, before a look at it could mend it. */
  async function expectRight(access: ServerAccess, job: string): Promise<void> {
    const keys = keysBelow(access.space);
    expect(await server.query(`ZCARD ${keys.intents}`)).toBe('0');
    const version = await server.query(`HGET ${keys.job(job).record} version`);
    const entry: unknown = JSON.parse((await server.query(`HGET ${keys.entries} ${job}`)) || '{}');
    expect(entry).toEqual(version === '' ? {} : expect.objectContaining({ version }));
    const status = /"status":"(\w+)"/u.exec(await server.query(`HGET ${keys.job(job).record} record`))?.[1];
    for (const each of ['running', 'failed', 'succeeded']) {
      const members = await server.query(`ZRANGE ${keys.choice(`status:${each}`)} 0 -1`);
      expect(members.split('\n').filter((member) => member.endsWith(job))).toHaveLength(each === status ? 1 : 0);
    }
  }

  /** What whoever died half way left is looked after from the next second of the server on. */
  async function aSecondLater(): Promise<void> {
    const now = async (): Promise<number> => Number((await server.query('TIME')).split('\n')[0]);
    const start = await now();
    while ((await now()) <= start + 1) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  test.concurrent.each([0, 1, 2])('a new job whose writer died behind command %i is listed if it is there', async (commands) => {
    const access = await server.fresh();
    const { jobs, dead } = diesAfter(access, commands);
    void jobs.putJob(record('job', 'failed', laterTime)).catch(() => undefined);
    await dead;
    await aSecondLater();
    const living = jobsOf(access);
    expect((await living.getJob('job')) !== undefined).toBe(commands === 2);
    await expectTrue(living, 'job');
  });

  test.concurrent.each([0, 1, 2])('a job whose writer died behind command %i of a change is listed as it is', async (commands) => {
    const access = await server.fresh();
    const living = jobsOf(access);
    await living.putJob(record('job', 'running', firstTime));
    const { jobs, dead } = diesAfter(access, commands);
    void jobs.putJob(record('job', 'failed', laterTime)).catch(() => undefined);
    await dead;
    await aSecondLater();
    expect((await living.getJob('job'))?.status).toBe(commands === 2 ? 'failed' : 'running');
    await expectTrue(living, 'job');
  });

  test.concurrent.each([0, 1, 2])('a job whose remover died behind command %i is listed if it is there', async (commands) => {
    const access = await server.fresh();
    const living = jobsOf(access);
    await living.putJob(record('job', 'running', firstTime));
    const { jobs, dead } = diesAfter(access, commands);
    void jobs.removeJob('job').catch(() => undefined);
    await dead;
    await aSecondLater();
    expect((await living.getJob('job')) === undefined).toBe(commands === 2);
    await expectTrue(living, 'job');
  });

  test('whatever the order of the commands of two writers and a reader, the index ends up right', { timeout: 120_000 }, async () => {
    const access = await server.fresh();
    const someTime = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
    const [one, two, reader, calm] = [jobsOf(access, someTime), jobsOf(access, someTime), jobsOf(access, someTime), jobsOf(access)];
    for (let round = 0; round < 20; round += 1) {
      const job = `job-${round}-`;
      await calm.putJob(record(job, 'running', firstTime));
      await Promise.all([
        one.putJob(record(job, 'failed', laterTime)),
        round % 2 === 0 ? two.removeJob(job) : two.putJob(record(job, 'succeeded', firstTime)),
        reader.listJobs({ prefix: job }).then(() => reader.listJobs({ prefix: job })),
      ]);
      await expectRight(access, job);
    }
  });

  test('an entry whose record a fail-over lost is gone after it was seen, and one whose record went back says so', async () => {
    const access = await server.fresh();
    const keys = keysBelow(access.space);
    const jobs = jobsOf(access);
    await jobs.putJob(record('job', 'running', firstTime));
    await server.query(`COPY ${keys.job('job').record} ${keys.job('job').record}:before`);
    await jobs.putJob(record('job', 'failed', laterTime));
    await server.query(`COPY ${keys.job('job').record}:before ${keys.job('job').record} REPLACE`);
    expect(await names(jobs, { status: 'failed' })).toEqual([]);
    await expectTrue(jobs, 'job');
    await server.query(`DEL ${keys.job('job').record}`);
    expect(await names(jobs, {})).toEqual([]);
    expect(await server.query(`EXISTS ${keys.choice('all')} ${keys.entries}`)).toBe('0');
  });

  test.each([
    ['status', record('job', 'running', laterTime), { status: 'failed' }, { status: 'running' }],
    ['time', record('job', 'failed', firstTime), { updatedAfter: firstTime }, { status: 'failed' }],
  ] as const)('an entry whose record went back in its %s alone is not believed', async (_, before, wrong, right) => {
    const access = await server.fresh();
    const key = keysBelow(access.space).job('job').record;
    const jobs = jobsOf(access);
    await jobs.putJob(before);
    await server.query(`COPY ${key} ${key}:before`);
    await jobs.putJob(record('job', 'failed', laterTime));
    await server.query(`COPY ${key}:before ${key} REPLACE`);
    expect(await names(jobs, wrong)).toEqual([]);
    expect(await names(jobs, right)).toEqual(['job']);
  });

  test('of two changes at once the index says what came last, whoever finds the entry changed', async () => {
    const access = await server.fresh();
    const quick = jobsOf(access);
    await quick.putJob(record('job', 'running', firstTime));
    const slow = jobsOf(access, async (command) => {
      if (command === 2) await quick.putJob(record('job', 'succeeded', laterTime));
    });
    await slow.putJob(record('job', 'failed', laterTime));
    await expectRight(access, 'job');
  });

  test('an abort while the record is written comes too late: the change is done and said so', async () => {
    const access = await server.fresh();
    const controller = new AbortController();
    const jobs = jobsOf(access, (command) => Promise.resolve(command === 2 ? controller.abort() : undefined));
    await jobs.putJob(record('job', 'running', firstTime), { signal: controller.signal });
    expect(controller.signal.aborted).toBe(true);
    await expectRight(access, 'job');
  });

  test('hundreds of changes that stopped half way hide none of those behind them, and are forgotten once they are an hour old', async () => {
    const access = await server.fresh();
    const { intents, job: keysOf } = keysBelow(access.space);
    const living = jobsOf(access);
    await living.putJob(record('job', 'running', firstTime));
    await server.query(`COPY ${keysOf('job').record} ${keysOf('job').record}:before`);
    await living.putJob(record('job', 'failed', laterTime));
    await server.query(`COPY ${keysOf('job').record}:before ${keysOf('job').record} REPLACE`);
    const now = Number((await server.query('TIME')).split('\n')[0]);
    const stopped = Array.from({ length: 600 }, (_, place) => `${place < 300 ? now - 4000 : now - 100} ${randomUUID()}other-${place}`);
    await server.query([...stopped, `${now - 50} ${randomUUID()}job`].map((each) => `ZADD ${intents} ${each}`).join('\n'));
    expect(await names(living, { status: 'running' })).toEqual(['job']);
    expect(await server.query(`ZCARD ${intents}`)).toBe('301');
  });

  test('pages of a prefix are of the size asked for, and join', async () => {
    const jobs = jobsOf(await server.fresh());
    const all = Array.from({ length: 300 }, (_, index) => `${index % 3 === 0 ? 'mine' : 'other'}-${String(index).padStart(3, '0')}`);
    await Promise.all(all.map((job) => jobs.putJob(record(job, 'running', firstTime))));
    const page = await jobs.listJobs({ prefix: 'mine-', limit: 60 });
    expect(page.items).toHaveLength(60);
    const rest = await jobs.listJobs({ prefix: 'mine-', limit: 60, cursor: page.nextCursor ?? '' });
    expect([...page.items, ...rest.items].map(({ job }) => job)).toEqual(all.filter((job) => job.startsWith('mine')).toSorted());
    expect(rest.nextCursor).toBeUndefined();
  });
});
