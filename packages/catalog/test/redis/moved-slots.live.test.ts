import { missingServer, type RedisCluster, startRedisCluster, type TestServer } from '@holdfast/testkit/servers';
import { describe, expect, test } from 'vitest';
import { keysBelow } from '../../src/redis/keys.js';
import { checkpoint, job } from '../records.js';
import { openStore } from './fixture.js';

const missing = missingServer('redis');
const holder = { attempt: 'a', host: 'h', bootId: 'b', pid: 1, startTicks: 1 };

/** Moves a slot to the next node, a key at a time, and back; `between` runs while half of its keys are here and half there. */
async function moveAround(cluster: RedisCluster, key: string, between: () => Promise<void>): Promise<void> {
  const slot = (await cluster.query(`CLUSTER KEYSLOT ${key}`)).trim();
  const first = await cluster.primaryOf(key);
  const others = cluster.nodes.filter((node) => node !== first);
  for (const [from, to] of [
    [first, others[0]],
    [others[0], first],
  ] as const)
    if (from !== undefined && to !== undefined) await move(cluster, slot, from, to, between);
}

async function move({ nodes }: RedisCluster, slot: string, from: TestServer, to: TestServer, between: () => Promise<void>): Promise<void> {
  const [source, target] = await Promise.all([from, to].map(async (node) => (await node.query('CLUSTER MYID')).trim()));
  await to.query(`CLUSTER SETSLOT ${slot} IMPORTING ${source}`);
  await from.query(`CLUSTER SETSLOT ${slot} MIGRATING ${target}`);
  for (let moved = 0; ; moved += 1) {
    const [key] = (await from.query(`CLUSTER GETKEYSINSLOT ${slot} 1`)).split('\n').filter((line) => line !== '');
    if (key === undefined) break;
    const answer = await from.query(`MIGRATE ${to.host} ${to.port} ${quoted(key)} 0 5000 AUTH2 ${to.user} ${to.password}`);
    if (!/^(OK|NOKEY)/u.test(answer)) throw new Error(`${key} was not moved: ${answer}`);
    if (moved === 2) await between();
  }
  for (const node of [to, from, ...nodes.filter((each) => each !== to && each !== from)]) await node.query(`CLUSTER SETSLOT ${slot} NODE ${target}`);
}

/** As the client's command line has it. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/gu, '\\$&')}"`;
}

describe.skipIf(missing !== undefined)(`slots that move${missing === undefined ? '' : ` (${missing})`}`, () => {
  test('while scripts run on their keys: nothing is lost, doubled or told wrongly', { timeout: 60_000 }, async () => {
    await using cluster = await startRedisCluster({ followers: 0 });
    const access = await cluster.fresh();
    await using store = await openStore(access, { retryFor: '60s' });
    const outcome = await store.acquireLease('job', holder, 3_600_000);
    if (!outcome.acquired) throw new Error('a free lease was not given');
    const over = new AbortController();
    let number = 0;
    const write = async (): Promise<void> => {
      number += 1;
      await store.putCheckpoint({ ...checkpoint, number });
      await store.appendEvent({ job: 'job', attempt: 'a', at: job.createdAt, type: `e${number}`, detail: {} });
      await store.putJob({ ...job, labels: { n: String(number) } });
      expect((await store.renewLease(outcome.lease, 3_600_000)).term).toBe(outcome.lease.term);
    };
    await write();
    const writing = (async () => {
      while (!over.signal.aborted) await write();
    })();
    writing.catch(() => undefined);
    const keys = keysBelow(access.space);
    const longer = () => new Promise<void>((resolve) => setTimeout(resolve, 150));
    for (const key of [keys.job('job').record, keys.entries]) await moveAround(cluster, key, longer);
    over.abort();
    await writing;
    await write();
    const all = Array.from({ length: number }, (_, index) => number - index);
    expect((await store.listCheckpoints('job', { limit: 1000 })).items.map((each) => each.number)).toEqual(all);
    expect((await store.listEvents('job', { limit: 1000 })).items.map(({ type }) => type)).toEqual(all.map((each) => `e${each}`));
    expect(await store.totals()).toEqual({ jobs: { running: 1, interrupted: 0, succeeded: 0, failed: 0 }, snapshots: number, storedBytes: number });
    expect((await store.listJobs({ label: { name: 'n', value: String(number) } })).items).toHaveLength(1);
    expect(await store.currentLease('job')).toMatchObject({ term: outcome.lease.term });
  });
});
