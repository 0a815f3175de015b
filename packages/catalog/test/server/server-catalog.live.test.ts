import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assertRejects } from '@holdfast/testkit/contract';
import { afterEach, expect, test, vi } from 'vitest';
import { describeServers, openCatalog, type ServerUnderTest, sectionOf } from './test-servers.js';

const program = fileURLToPath(new URL('open-in-child.ts', import.meta.url));
const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });

afterEach(() => {
  vi.useRealTimers();
});

describeServers('a catalog on a server', {}, (under) => {
  test('of processes that open a new catalog and try for one lease at once, one gets it and all know who', async () => {
    const access = await under.server().fresh();
    // On a busy machine four processes that start at once take their time.
    const section = JSON.stringify({ ...sectionOf(under.plugin(), access), connectTimeout: '1m', queryTimeout: '1m' });
    const attempts = ['a', 'b', 'c', 'd'];
    const run = promisify(execFile);
    const env = { ...process.env, HOLDFAST_CATALOG_PASSWORD: access.password };
    const said = await Promise.all(attempts.map((attempt) => run(process.execPath, [program, section, attempt], { timeout: 120_000, env })));
    expect(said.map(({ stderr }) => stderr).join('')).toBe('');
    const winner = attempts[said.findIndex(({ stdout }) => stdout === 'won')];
    expect(said.map(({ stdout }) => stdout)).toEqual(attempts.map((attempt) => (attempt === winner ? 'won' : `lost to ${winner}`)));
  });

  test('leases go by the server’s clock, not by the caller’s', async () => {
    await using store = await openCatalog(under, await under.server().fresh());
    await store.acquireLease('job', holder('a'), 3_600_000);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    expect((await store.acquireLease('job', holder('b'), 1000)).acquired).toBe(false);
  });

  test('a lease that runs out while another transaction holds its row is judged by the time after the wait', async () => {
    const access = await under.server().fresh();
    await using store = await openCatalog(under, access);
    await store.acquireLease('job', holder('a'), 1500);
    const wait = under.kind === 'postgres' ? 'SELECT pg_sleep(3)' : 'SELECT sleep(3)';
    const blocking = under.server().query(`BEGIN; UPDATE hf_leases SET holder = holder; ${wait}; COMMIT;`, access);
    await untilAsleep(under, blocking);
    expect(await store.acquireLease('job', holder('b'), 1000)).toMatchObject({ acquired: true });
    await blocking;
  });

  test('a renewal that waits for one who takes the lease over finds it lost, and leaves it alone', async () => {
    const access = await under.server().fresh();
    await using store = await openCatalog(under, access);
    const outcome = await store.acquireLease('job', holder('a'), 3_600_000);
    if (!outcome.acquired) throw new Error('a free lease was not given');
    const { lease } = outcome;
    const taken = `attempt = 'b', term = term + 1, holder = '${JSON.stringify(holder('b'))}'`;
    const wait = under.kind === 'postgres' ? 'SELECT pg_sleep(4)' : 'SELECT sleep(4)';
    const blocking = under.server().query(`BEGIN; UPDATE hf_leases SET ${taken}; ${wait}; COMMIT;`, access);
    await untilAsleep(under, blocking);
    await assertRejects(store.renewLease(lease, 7_200_000), { code: 'HF_LEASE_LOST' });
    await blocking;
    const current = await store.currentLease('job');
    expect(current).toMatchObject({ holder: holder('b'), term: lease.term + 1 });
    expect(Date.parse(current?.expiresAt ?? '')).toBeLessThan(Date.parse(lease.acquiredAt) + 7_000_000);
  });

  test('a schema of a newer version is refused and left alone', async () => {
    const access = await under.server().fresh();
    await (await openCatalog(under, access))[Symbol.asyncDispose]();
    await under.server().query("INSERT INTO hf_migrations (name, timestamp) VALUES ('9999-later', '')", access);
    const error = await assertRejects(openCatalog(under, access), { code: 'HF_FORMAT_NEWER', kind: 'newer-format' });
    expect(error.message).toContain('9999-later');
  });

  test('a migration that was broken off is done again from its start', async () => {
    const access = await under.server().fresh();
    await (await openCatalog(under, access))[Symbol.asyncDispose]();
    // As after a kill between the last statement of a migration and its note, where schema changes are no transactions.
    if (under.kind === 'postgres') return;
    await under.server().query('DELETE FROM hf_migrations; DROP TABLE hf_leases;', access);
    await using store = await openCatalog(under, access);
    expect((await store.acquireLease('job', holder('a'), 1000)).acquired).toBe(true);
  });

  test('a table that was dropped is corrupt', async () => {
    const access = await under.server().fresh();
    await using store = await openCatalog(under, access);
    await under.server().query('DROP TABLE hf_events', access);
    await assertRejects(store.listEvents('job'), { code: 'HF_CATALOG_CORRUPT', kind: 'corrupt' });
  });

  test('a user who may only read and write rows can open a catalog whose tables are there, and not make them', async () => {
    const [full, empty] = [await under.server().fresh(), await under.server().fresh()];
    await (await openCatalog(under, full))[Symbol.asyncDispose]();
    for (const { user, space } of [full, empty]) await under.server().query(rowsOnly(under.kind, user), { ...under.server(), space });
    await using store = await openCatalog(under, full);
    expect((await store.acquireLease('job', holder('a'), 1000)).acquired).toBe(true);
    const error = await assertRejects(openCatalog(under, empty), { code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' });
    expect(error.hint).toContain('docs/catalog.md');
  });

  test('an abort ends a call that waits for the server, and nothing is written', async () => {
    const access = await under.server().fresh();
    // Nothing but the abort ends the wait.
    await using store = await openCatalog(under, access, { queryTimeout: '1h', connectTimeout: '1h' });
    await store.acquireLease('job', holder('a'), 3_600_000);
    await under.server().pause();
    const calls = [store.acquireLease('job', holder('b'), 1000, soon()), store.currentLease('job', soon())];
    try {
      await Promise.all(calls.map((call) => assertRejects(call, { code: 'HF_ABORTED' })));
    } finally {
      await under.server().resume();
    }
    expect((await store.currentLease('job'))?.holder.attempt).toBe('a');
  });
});

function soon(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(200) };
}

/** Until the other transaction has its rows and sleeps on them, or is through already. */
async function untilAsleep({ kind, server }: ServerUnderTest, blocking: Promise<unknown>): Promise<void> {
  const sleeping =
    kind === 'postgres'
      ? "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
      : "SELECT count(*) FROM information_schema.processlist WHERE state = 'User sleep'";
  const over = blocking.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([over, Promise.resolve(false)])) && Number(await server().query(sleeping)) === 0);
}

function rowsOnly(kind: string, user: string): string {
  if (kind !== 'postgres') {
    return `REVOKE ALL ON ${user}.* FROM '${user}'@'%'; GRANT SELECT, INSERT, UPDATE, DELETE ON ${user}.* TO '${user}'@'%';`;
  }
  return [
    `REASSIGN OWNED BY ${user} TO holdfast; GRANT CONNECT ON DATABASE ${user} TO ${user};`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${user};`,
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
  ].join(' ');
}
