import { switchableProxy } from '@holdfast/testkit/servers';
import { expect, test } from 'vitest';
import { checkpoint, job } from '../records.js';
import { describeServers, openCatalog } from './test-servers.js';

const hourMs = 3_600_000;
const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });
const event = { job: 'job', attempt: 'a', at: job.createdAt, type: 'once', detail: { n: 1 } };

describeServers('a commit whose answer is lost on the way', {}, (under) => {
  test('is done once, and told as it is', async () => {
    const access = await under.server().fresh();
    await using proxy = await switchableProxy(under.server().port);
    await using store = await openCatalog(under, { ...access, port: proxy.port });
    const losing = async <T>(call: () => Promise<T>): Promise<T> => {
      const [result] = await Promise.all([call(), proxy.loseAnswerTo('commit')]);
      return result;
    };
    await losing(() => store.appendEvent(event));
    expect((await store.listEvents('job')).items).toEqual([event]);
    await losing(() => store.putJob({ ...job, labels: { team: 'a' } }));
    await losing(() => store.putCheckpoint(checkpoint));
    expect(await store.totals()).toMatchObject({ jobs: { running: 1 }, snapshots: 1, storedBytes: 1 });

    const given = await losing(() => store.acquireLease('job', holder('a'), hourMs));
    if (!given.acquired) throw new Error('a lease that was given was told as not given');
    expect(given.lease.term).toBe(1);
    const renewed = await losing(() => store.renewLease(given.lease, 2 * hourMs));
    expect(renewed.term).toBe(1);
    expect(await store.currentLease('job')).toEqual(renewed);
    expect(await losing(() => store.breakLease(given.lease))).toBe(true);
    expect(await store.currentLease('job')).toBeUndefined();
    const next = await losing(() => store.acquireLease('job', holder('b'), hourMs));
    expect(next).toMatchObject({ acquired: true, lease: { term: 2 } });
    expect(await losing(() => store.acquireLease('job', holder('c'), hourMs))).toEqual({ acquired: false, current: await store.currentLease('job') });
    await losing(() => store.removeJob('job'));
    expect(await store.totals()).toMatchObject({ jobs: { running: 0 }, snapshots: 0 });
  }, 30_000);
});
