import { setTimeout as sleep } from 'node:timers/promises';
import { assertRejects } from '@holdfast/testkit/contract';
import { switchableProxy } from '@holdfast/testkit/servers';
import { expect, test } from 'vitest';
import { describeServers, openCatalog, type ServerUnderTest } from './test-servers.js';

const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });
const event = (type: string) => ({ job: 'job', attempt: 'a', at: '2026-01-02T03:04:05.000Z', type, detail: {} });

describeServers('a fail-over', {}, (under) => {
  test('calls survive a primary that takes no writes any more: they go to the one that was promoted', async () => {
    const primary = under.server();
    const access = await primary.fresh();
    await using proxy = await switchableProxy(primary.port);
    await using store = await openCatalog(under, { ...access, port: proxy.port }, { retryFor: '2m' });
    const acquired = await store.acquireLease('job', holder('a'), 3_600_000);
    await store.appendEvent(event('before'));
    await using replica = await primary.replica();
    await using _demoted = await demote(under);
    await store.currentLease('job');
    await replica.catchUp();
    await replica.promote();
    proxy.pointTo(replica.port);
    // Over the session that it had.
    await store.appendEvent(event('after'));
    expect(acquired.acquired && (await store.renewLease(acquired.lease, 3_600_000)).term).toBe(1);
    expect((await store.listEvents('job')).items.map(({ type }) => type)).toEqual(['after', 'before']);
    const count = 'SELECT count(*) FROM hf_events';
    expect([await replica.query(count, { ...access, port: replica.port }), await primary.query(count, access)]).toEqual(['2', '1']);
  });

  test('a call that finds the server killed is done when it is back, and once', async () => {
    const access = await under.server().fresh();
    await using store = await openCatalog(under, access, { retryFor: '2m' });
    await store.appendEvent(event('before'));
    await under.server().kill();
    const calls = [store.appendEvent(event('during')), store.acquireLease('job', holder('a'), 3_600_000)];
    await sleep(300);
    await under.server().restart();
    await Promise.all(calls);
    expect((await store.listEvents('job')).items.map(({ type }) => type)).toEqual(['during', 'before']);
    expect((await store.currentLease('job'))?.term).toBe(1);
  });

  test('a server that does not answer is unavailable in time, and used again when it does', async () => {
    const access = await under.server().fresh();
    await using store = await openCatalog(under, access, { retryFor: '1s', queryTimeout: '500ms', connectTimeout: '500ms' });
    await store.appendEvent(event('before'));
    await under.server().pause();
    try {
      await assertRejects(store.appendEvent(event('during')), { code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' });
      await assertRejects(store.listEvents('job'), { code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' });
    } finally {
      await under.server().resume();
    }
    await using calm = await openCatalog(under, access);
    await calm.appendEvent(event('after'));
    // Whether the one in between was taken, nobody was told.
    expect((await calm.listEvents('job')).items.map(({ type }) => type).filter((type) => type !== 'during')).toEqual(['after', 'before']);
  });

  test('a catalog whose server is away as it is opened is open when the server comes within some seconds', async () => {
    const access = await under.server().fresh();
    await using proxy = await switchableProxy(1);
    const opening = openCatalog(under, { ...access, port: proxy.port });
    await expect.poll(() => proxy.made(), { timeout: 10_000 }).toBeGreaterThan(1);
    proxy.pointTo(under.server().port);
    await using store = await opening;
    await store.appendEvent(event('here'));
    expect((await store.listEvents('job')).items.map(({ type }) => type)).toEqual(['here']);
  });

  test('nobody listens while a catalog is opened: said after some seconds, with the place and no more', async () => {
    const access = await under.server().fresh();
    const error = await assertRejects(openCatalog(under, { ...access, port: 1 }), { code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' });
    expect(error.message).toContain(`${access.user}@127.0.0.1:1/`);
    expect(error.message + error.hint).not.toContain(access.password);
  });
});

/** Takes no writes from now on; the sessions that are there stay. */
async function demote(under: ServerUnderTest): Promise<AsyncDisposable> {
  const { kind, server } = under;
  const statements: Readonly<Record<string, string>> = {
    mysql: 'SET GLOBAL super_read_only = ON',
    mariadb: 'SET GLOBAL read_only = ON',
    postgres: 'ALTER SYSTEM SET default_transaction_read_only = on; SELECT pg_reload_conf();',
  };
  for (const statement of (statements[kind] ?? '').split('; ')) await server().query(statement);
  // PostgreSQL reads its settings anew a moment after it was asked to.
  if (kind === 'postgres') while ((await server().query('SHOW default_transaction_read_only')) !== 'on');
  return { [Symbol.asyncDispose]: () => restore(under) };
}

async function restore({ kind, server }: ServerUnderTest): Promise<void> {
  if (kind === 'postgres') await server().query('ALTER SYSTEM RESET default_transaction_read_only');
  await server().restart();
}
