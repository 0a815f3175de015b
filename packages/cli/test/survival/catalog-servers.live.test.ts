import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingServer, type ServerAccess, startPostgres, startRedis, type TestServer } from '@holdfast/testkit/servers';
import { describe, expect, test } from 'vitest';
import { type LiveLine, LiveMachine, missingHere } from '../support/live-line.js';
import { commandLinesWith, filesWith } from '../support/secret-places.js';

/** One of SQL and the other kind: what differs between SQL servers is below this. */
const kinds = [
  { kind: 'postgres', start: startPostgres, settings: '' },
  { kind: 'redis', start: startRedis, settings: 'prefix=' },
] as const;

const missing = missingHere();
const here = missing === undefined || process.env['CI'] === 'true';
const script = (job: string): string => `cd ${job}; while [ ! -e go ]; do echo x >> steps; sleep 0.1; done`;

describe.skipIf(!here).each(kinds)(`a machine whose catalog is on $kind${here ? '' : ` (not here: ${missing})`}`, ({ kind, start, settings }) => {
  test.skipIf(missingServer(kind) !== undefined && process.env['CI'] !== 'true')(
    'runs jobs while the server is away, tells it of them once it is back, rebuilds it where it was lost, and gives its password away nowhere',
    async () => {
      await using server = await start();
      const access = await server.fresh();
      await using machine = await machineWith(access, settings);
      await server.kill();
      const lines: [LiveLine, LiveLine] = [await begin(machine, 'one'), await begin(machine, 'two')];
      const [one, two] = lines;
      expect(await machine.run('snapshot', 'one')).toMatchObject({ status: 0 });
      await expect.poll(() => readdir(join(machine.folder, 'state', 'catalog-journal')), { timeout: 60_000 }).toHaveLength(2);
      const nowhere = async (when: string): Promise<void> => {
        expect(await commandLinesWith(access.password), when).toEqual([]);
        expect(await filesWith(access.password, join(machine.folder, 'state')), when).toEqual([]);
        for (const line of lines) expect(line.stderr() + line.stdout().toString(), when).not.toContain(access.password);
      };
      await nowhere('while the server is away');
      await writeFile(join(machine.work, 'one', 'go'), '');
      expect(await one.status, one.stderr()).toBe(0);
      await server.restart();
      // Of the run that is over these two find the journal at once; the other tells of itself.
      const [list, show] = await Promise.all([machine.run('list', '--json', '--verbose'), machine.run('show', 'one', '--json', '--verbose')]);
      expect([list.status, show.status], list.stderr + show.stderr).toEqual([0, 0]);
      expect(list.stderr + show.stderr + list.stdout + show.stdout).not.toContain(access.password);
      await two.says('answers again');
      await nowhere('once the server is back');
      await writeFile(join(machine.work, 'two', 'go'), '');
      expect(await two.status, two.stderr()).toBe(0);
      expect(await readdir(join(machine.folder, 'state', 'catalog-journal'))).toEqual([]);
      const before = await seen(machine);
      expect(before.jobs).toMatchObject({
        list: {
          items: [
            { job: 'two', status: 'succeeded' },
            { job: 'one', status: 'succeeded' },
          ],
        },
        one: { job: 'one', snapshots: [{ number: 1 }] },
        two: { job: 'two', snapshots: [] },
      });
      // Nothing was read from the repository for want of the catalog.
      expect(JSON.stringify(before.jobs)).not.toMatch(/"warning":"/u);
      expect(Object.values(before.events).map(({ length }) => length > 1)).toEqual([true, true]);
      for (const [job, events] of Object.entries(before.events))
        expect(new Set(events.map((event) => JSON.stringify(event))).size, job).toBe(events.length);
      await emptied(server, access, kind);
      expect(await machine.run('catalog', 'rebuild')).toMatchObject({ status: 0 });
      expect((await seen(machine)).jobs).toEqual(before.jobs);
    },
    240_000,
  );
});

async function machineWith({ url, space, password }: ServerAccess, settings: string): Promise<LiveMachine & AsyncDisposable> {
  const catalog = settings === '' ? url : `${url}?${settings}${encodeURIComponent(space)}`;
  const machine = await LiveMachine.create({ HOLDFAST_CATALOG: catalog, HOLDFAST_CATALOG_PASSWORD: password });
  for (const job of ['one', 'two']) await mkdir(join(machine.work, job));
  return Object.assign(machine, { [Symbol.asyncDispose]: () => Promise.resolve(machine.remove()) });
}

/** Resolves when the job runs. */
async function begin(machine: LiveMachine, job: string): Promise<LiveLine> {
  const line = machine.start('run', '--verbose', '--job', job, '--label', 'team=x', '--', 'sh', '-c', script(job));
  await line.says('started job');
  return line;
}

interface Seen {
  readonly jobs: Readonly<Record<string, unknown>>;
  readonly events: Readonly<Record<string, readonly unknown[]>>;
}

/** What a user sees of each job; events are what a rebuild does not bring back. */
async function seen(machine: LiveMachine): Promise<Seen> {
  const list = await machine.run('list', '--json');
  const jobs: Record<string, unknown> = { list: JSON.parse(list.stdout) as unknown };
  const events: Record<string, readonly unknown[]> = {};
  for (const job of ['one', 'two']) {
    const { stdout } = await machine.run('show', job, '--json');
    const { events: told = [], ...rest } = JSON.parse(stdout) as { readonly events?: readonly unknown[] };
    jobs[job] = rest;
    events[job] = told;
  }
  return { jobs, events };
}

/** As a database that was made anew. */
async function emptied(server: TestServer, access: ServerAccess, kind: string): Promise<void> {
  if (kind === 'redis') await server.query('FLUSHALL');
  else if (kind === 'postgres') await server.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public;', access);
  else await server.query(`DROP DATABASE ${access.space}; CREATE DATABASE ${access.space};`, access);
}
