import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { switchableProxy } from '@holdfast/testkit/servers';
import { expect, test } from 'vitest';
import { checkpoint } from '../records.js';
import { describeServers, openCatalog, sectionOf } from './test-servers.js';

const program = fileURLToPath(new URL('renew-in-child.ts', import.meta.url));
const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });

describeServers('what stands still', {}, (under) => {
  test('a process in the middle of a renewal, for longer than its lease, gains nothing by it: the next one gets the lease, and it hears so', async () => {
    const access = await under.server().fresh();
    await using proxy = await switchableProxy(under.server().port);
    const section = JSON.stringify(sectionOf(under.plugin(), { ...access, port: proxy.port }));
    const env = { ...process.env, HOLDFAST_CATALOG_PASSWORD: access.password };
    const child = spawn(process.execPath, [program, section], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const said = async (): Promise<unknown> => (await lines.next()).value;
      expect(await said()).toBe('acquired');
      const stopped = new Promise<void>((resolve) => {
        // Its row is locked by then.
        proxy.onRequest('set ' + quoted(under.kind, 'expires_at_ms'), () => {
          child.kill('SIGSTOP');
          resolve();
        });
      });
      child.stdin.write('renew\n');
      await stopped;
      await using store = await openCatalog(under, access);
      // The renewal was asked for before: what it would give is over too.
      await sleep(1100);
      expect(await store.currentLease('job')).toBeUndefined();
      const taking = store.acquireLease('job', holder('b'), 3_600_000);
      child.kill('SIGCONT');
      expect(await taking).toMatchObject({ acquired: true, lease: { term: 2 } });
      expect(await said()).toBe('renewed term 1');
      child.stdin.write('renew\n');
      expect(await said()).toBe('HF_LEASE_LOST');
      expect((await store.currentLease('job'))?.holder.attempt).toBe('b');
    } finally {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  }, 60_000);

  test('calls for which no session is left wait for one: all are done, once', async () => {
    const access = await under.server().fresh();
    await using store = await openCatalog(under, access, { connections: 1 });
    const outcome = await store.acquireLease('job', holder('a'), 3_600_000);
    if (!outcome.acquired) throw new Error('a free lease was not given');
    const wait = under.kind === 'postgres' ? 'SELECT pg_sleep(2)' : 'SELECT sleep(2)';
    const blocking = under.server().query(`BEGIN; UPDATE hf_leases SET holder = holder; ${wait}; COMMIT;`, access);
    const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
    const event = { job: 'job', attempt: 'a', at: checkpoint.createdAt, detail: {} };
    await Promise.all([
      store.renewLease(outcome.lease, 3_600_000),
      ...numbers.map((number) => store.putCheckpoint({ ...checkpoint, number })),
      ...numbers.map((number) => store.appendEvent({ ...event, type: `e${number}` })),
    ]);
    await blocking;
    expect((await store.listCheckpoints('job')).items.map(({ number }) => number)).toEqual(numbers);
    const types = (await store.listEvents('job', { limit: 1000 })).items.map(({ type }) => type);
    expect(types.toSorted()).toEqual(numbers.map((number) => `e${number}`).toSorted());
  }, 60_000);
});

function quoted(kind: string, name: string): string {
  return kind === 'postgres' ? `"${name}"` : `\`${name}\``;
}
