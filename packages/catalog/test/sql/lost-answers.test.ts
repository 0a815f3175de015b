import { sqlite } from '@holdfast/catalog/sqlite';
import { type DatabaseConnection, type Driver, Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { createEvents } from '../../src/sql/events.js';
import type { SqlFlavour } from '../../src/sql/flavour.js';
import { createLeases } from '../../src/sql/leases.js';
import type { CatalogTables } from '../../src/sql/schema.js';
import { createSession, type Session } from '../../src/sql/session.js';
import { NodeSqliteDialect } from '../../src/sqlite/dialect.js';
import { sqliteFlavour } from '../../src/sqlite/flavour.js';
import { sqliteFixture } from '../sqlite/fixture.js';

const holder = (attempt: string) => ({ attempt, host: 'h', bootId: 'b', pid: 1, startTicks: 1 });
const event = { job: 'job', attempt: undefined, at: '2026-01-02T03:04:05.000Z', type: 'once', detail: { n: 1 } };

class LostAnswer extends Error {}

class ForgetfulDialect extends NodeSqliteDialect {
  readonly #isDone: boolean;

  constructor(path: string, isDone: boolean) {
    super(path);
    this.#isDone = isDone;
  }

  override createDriver(): Driver {
    const driver = super.createDriver();
    const [commit, rollback] = [driver.commitTransaction.bind(driver), driver.rollbackTransaction.bind(driver)];
    let commits = 0;
    const isDone = this.#isDone;
    return Object.assign(driver, {
      commitTransaction: async (connection: DatabaseConnection) => {
        const isLost = (commits += 1) % 2 === 1;
        if (isDone || !isLost) await commit(connection);
        if (isLost) throw new LostAnswer();
      },
      // Of what was committed there is nothing left to undo.
      rollbackTransaction: (connection: DatabaseConnection) => rollback(connection).catch(() => undefined),
    });
  }
}

/** A catalog whose every first commit is never answered, whether it is done or undone. */
async function forgetful(isDone = true): Promise<AsyncDisposable & { readonly session: Session }> {
  const fixture = await sqliteFixture();
  await (await sqlite().open({ type: 'sqlite', path: fixture.path }))[Symbol.asyncDispose]();
  const db = new Kysely<CatalogTables>({ dialect: new ForgetfulDialect(fixture.path, isDone) });
  const own = sqliteFlavour(fixture.path);
  const flavour: SqlFlavour = { ...own, classify: (error) => (error instanceof LostAnswer ? 'lost' : own.classify(error)) };
  return {
    session: createSession(db, flavour),
    [Symbol.asyncDispose]: async () => {
      await db.destroy();
      await fixture[Symbol.asyncDispose]();
    },
  };
}

test('an event whose commit was not answered is appended once; one that differs in a part is another', async () => {
  await using place = await forgetful();
  const events = createEvents(place.session);
  await events.appendEvent(event);
  expect((await events.listEvents('job')).items).toEqual([event]);
  await events.appendEvent({ ...event, detail: { n: 2 } });
  await events.appendEvent({ ...event, attempt: 'a' });
  expect((await events.listEvents('job')).items).toHaveLength(3);
});

test('a lease whose commit was not answered is given, renewed and broken once', async () => {
  await using place = await forgetful();
  const leases = createLeases(place.session);
  const outcome = await leases.acquireLease('job', holder('a'), 60_000);
  if (!outcome.acquired) throw new Error('a free lease was not given');
  expect(outcome.lease.term).toBe(1);
  expect((await leases.renewLease(outcome.lease, 60_000)).term).toBe(1);
  expect(await leases.breakLease(outcome.lease)).toBe(true);
  expect(await leases.currentLease('job')).toBeUndefined();
  const next = await leases.acquireLease('job', holder('b'), 60_000);
  expect(next.acquired && next.lease.term).toBe(2);
  // Another's term is not taken for one's own work.
  expect(await leases.breakLease(outcome.lease)).toBe(false);
});

test('an event whose commit was undone is appended, whatever others there are that differ in one part', async () => {
  await using place = await forgetful(false);
  const events = createEvents(place.session);
  const all = [event, { ...event, detail: { n: 2 } }, { ...event, attempt: 'a' }, { ...event, type: 'x' }, { ...event, job: 'other' }];
  for (const each of all) await events.appendEvent(each);
  expect((await events.listEvents('job')).items).toHaveLength(4);
  expect((await events.listEvents('other')).items).toHaveLength(1);
});

test('a lease that is free in a later term was not broken by the call that is tried again', async () => {
  await using place = await forgetful(false);
  const leases = createLeases(place.session);
  const first = await leases.acquireLease('job', holder('a'), 60_000);
  if (!first.acquired) throw new Error('a free lease was not given');
  await leases.releaseLease(first.lease);
  const second = await leases.acquireLease('job', holder('b'), 60_000);
  if (!second.acquired) throw new Error('a free lease was not given');
  await leases.releaseLease(second.lease);
  expect(await leases.breakLease(first.lease)).toBe(false);
});
