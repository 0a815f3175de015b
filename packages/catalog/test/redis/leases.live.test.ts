import { assertRejects } from '@holdfast/testkit/contract';
import { missingServer, type ReplicaServer, type ServerAccess, startRedis, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keysBelow } from '../../src/redis/keys.js';
import { openStore } from './fixture.js';

const missing = missingServer('redis');
const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });

describe.skipIf(missing !== undefined)(`leases over a fail-over that lost the last writes${missing === undefined ? '' : ` (${missing})`}`, () => {
  let primary: TestServer;
  let follower: ReplicaServer;
  let access: ServerAccess;

  beforeAll(async () => {
    primary = await startRedis();
    access = await primary.fresh();
    follower = await primary.replica();
    await using before = await openStore(access);
    for (const job of ['taken', 'renewed', 'freed', 'superseded']) await before.acquireLease(job, holder('first'), 1);
    await follower.catchUp();
    // From here on it receives nothing more of what the primary still takes.
    await follower.promote();
  });
  afterAll(async () => {
    await follower[Symbol.asyncDispose]();
    await primary[Symbol.asyncDispose]();
  });

  async function acquire(where: ServerAccess, job: string, attempt: string) {
    await using store = await openStore(where);
    const outcome = await store.acquireLease(job, holder(attempt), 3_600_000);
    if (!outcome.acquired) throw new Error(`held by ${outcome.current.holder.attempt}`);
    return outcome.lease;
  }
  const promoted = (): ServerAccess => ({ ...access, port: follower.port });

  test('a term that was lost is not given again', async () => {
    const lost = [await acquire(access, 'taken', 'a'), await acquire(access, 'never seen there', 'a')];
    const next = [await acquire(promoted(), 'taken', 'b'), await acquire(promoted(), 'never seen there', 'b')];
    for (const [index, lease] of lost.entries()) expect(next[index]?.term).toBeGreaterThan(lease.term);
  });

  test('the holder of a lost term brings it back, and who comes later waits for it', async () => {
    const lost = await acquire(access, 'renewed', 'a');
    await using store = await openStore(promoted());
    expect(await store.renewLease(lost, 3_600_000)).toMatchObject({ term: lost.term, holder: lost.holder, acquiredAt: lost.acquiredAt });
    expect(await store.acquireLease('renewed', holder('b'), 1000)).toMatchObject({ acquired: false, current: { term: lost.term } });
  });

  test('a lost term that is freed is over for good', async () => {
    const lost = await acquire(access, 'freed', 'a');
    await using store = await openStore(promoted());
    await store.releaseLease(lost);
    expect(await store.currentLease('freed')).toBeUndefined();
    await assertRejects(store.renewLease(lost, 1000), { code: 'HF_LEASE_LOST' });
    expect((await acquire(promoted(), 'freed', 'b')).term).toBeGreaterThan(lost.term);
  });

  test('a term that the clock has not come to yet, as behind a fail-over to a slower one, is counted on from', async () => {
    const term = 8_000_000_000_000_000;
    await primary.query(`HSET ${keysBelow(access.space).job('ahead').lease} term ${term} attempt '' holder '' acquired 0 expires 0`);
    await using store = await openStore(access);
    for (const above of [1, 2]) {
      const lease = await acquire(access, 'ahead', 'a');
      expect(lease.term).toBe(term + above);
      await store.releaseLease(lease);
    }
  });

  test('a lost term is not brought back against a newer one', async () => {
    const lost = await acquire(access, 'superseded', 'a');
    const next = await acquire(promoted(), 'superseded', 'b');
    await using store = await openStore(promoted());
    await assertRejects(store.renewLease(lost, 1000), { code: 'HF_LEASE_LOST' });
    expect(await store.currentLease('superseded')).toEqual(next);
  });
});
