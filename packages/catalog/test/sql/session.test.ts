import { sqlite } from '@holdfast/catalog/sqlite';
import { assertRejects } from '@holdfast/testkit/contract';
import { type DatabaseConnection, type Driver, Kysely } from 'kysely';
import { expect, test } from 'vitest';
import type { CatalogTables } from '../../src/sql/schema.js';
import { attempt, createSession } from '../../src/sql/session.js';
import { NodeSqliteDialect } from '../../src/sqlite/dialect.js';
import { sqliteFlavour } from '../../src/sqlite/flavour.js';
import { type SqliteFixture, sqliteFixture } from '../sqlite/fixture.js';

const flavour = sqliteFlavour('/x');

function sqliteError(errcode: number): Error {
  return Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR', errcode });
}

test('what another transaction stood in the way of is tried again', async () => {
  let calls = 0;
  const run = async (): Promise<string> => {
    calls += 1;
    if (calls < 4) throw sqliteError(calls === 2 ? 1555 : 5);
    return 'done';
  };
  expect(await attempt(flavour, 'o', run)).toBe('done');
  expect(calls).toBe(4);
});

test('a missing right is named, and nothing else is blamed', async () => {
  const denied = Object.assign(new Error("EACCES: permission denied, open '/x'"), { code: 'EACCES' });
  const error = await assertRejects(
    attempt(flavour, 'catalog.open', () => Promise.reject(denied)),
    { code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' },
  );
  expect(error.message).toContain('may not be used by this user');
  expect(error.hint).not.toContain('lock');
});

test.each([
  [1299, 'HF_UNEXPECTED'],
  [11, 'HF_CATALOG_CORRUPT'],
  [267, 'HF_CATALOG_CORRUPT'],
  [13, 'HF_CATALOG_UNAVAILABLE'],
  [778, 'HF_CATALOG_UNAVAILABLE'],
])('error %i is %s at once', async (errcode, code) => {
  let calls = 0;
  const run = (): Promise<never> => {
    calls += 1;
    return Promise.reject(sqliteError(errcode));
  };
  await expect(attempt(flavour, 'catalog.putJob', run)).rejects.toMatchObject({ code, operation: 'catalog.putJob', context: { location: '/x' } });
  expect(calls).toBe(1);
});

test('a call that was done before the abort has succeeded', async () => {
  const controller = new AbortController();
  const run = async (): Promise<string> => {
    controller.abort();
    return 'committed';
  };
  expect(await attempt(flavour, 'o', run, { signal: controller.signal })).toBe('committed');
});

async function openDatabase(fixture: SqliteFixture, dialect = new NodeSqliteDialect(fixture.path)): Promise<Kysely<CatalogTables>> {
  await (await sqlite().open({ type: 'sqlite', path: fixture.path }))[Symbol.asyncDispose]();
  return new Kysely<CatalogTables>({ dialect });
}

const label = { job: 'j', name: 'n', value: 'v' };

test('an abort inside a transaction rolls it back', async () => {
  await using fixture = await sqliteFixture();
  const db = await openDatabase(fixture);
  const controller = new AbortController();
  const write = createSession(db, flavour).write(
    'o',
    async (trx) => {
      await trx.insertInto('hf_job_labels').values(label).execute();
      controller.abort();
    },
    { signal: controller.signal },
  );
  await expect(write).rejects.toMatchObject({ kind: 'aborted' });
  expect(await db.selectFrom('hf_job_labels').selectAll().execute()).toEqual([]);
  await db.destroy();
});

test('an abort after the last statement, before the commit, rolls it back', async () => {
  await using fixture = await sqliteFixture();
  const db = await openDatabase(fixture);
  const controller = new AbortController();
  const { signal } = controller;
  // Nobody waits for an abort between the last statement and the commit.
  const stopWaiting = signal.removeEventListener.bind(signal);
  signal.removeEventListener = (...listener: Parameters<typeof stopWaiting>): void => {
    stopWaiting(...listener);
    controller.abort();
  };
  const write = createSession(db, flavour).write(
    'o',
    async (trx) => {
      await trx.insertInto('hf_job_labels').values(label).execute();
    },
    { signal },
  );
  await expect(write).rejects.toMatchObject({ kind: 'aborted' });
  expect(await db.selectFrom('hf_job_labels').selectAll().execute()).toEqual([]);
  await db.destroy();
});

test('an abort during the commit is too late: the call has succeeded', async () => {
  await using fixture = await sqliteFixture();
  const controller = new AbortController();
  const db = await openDatabase(fixture, new InterruptedDialect(fixture.path, () => controller.abort()));
  const write = createSession(db, flavour).write(
    'o',
    async (trx) => {
      await trx.insertInto('hf_job_labels').values(label).execute();
      return 'written';
    },
    { signal: controller.signal },
  );
  expect(await write).toBe('written');
  expect(await db.selectFrom('hf_job_labels').selectAll().execute()).toEqual([label]);
  await db.destroy();
});

/** Something happens as a commit begins. */
class InterruptedDialect extends NodeSqliteDialect {
  readonly #interrupt: () => void;

  constructor(path: string, interrupt: () => void) {
    super(path);
    this.#interrupt = interrupt;
  }

  override createDriver(): Driver {
    const driver = super.createDriver();
    const commit = driver.commitTransaction.bind(driver);
    const interrupt = this.#interrupt;
    return Object.assign(driver, {
      commitTransaction: async (connection: DatabaseConnection) => {
        interrupt();
        await commit(connection);
      },
    });
  }
}
