import { openSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import type { CatalogPlugin } from '@holdfast/core';
import { local } from '@holdfast/driver-local';
import { expect, test } from 'vitest';
import { type Deployment, openDeployment, type Run } from '../../dist/index.js';
import { counting, eventTypes, openWorkshop, type Workshop } from '../run/workshop.js';
import { type MoodyCatalog, moodyCatalog } from './moody-catalog.js';

interface Server {
  readonly plugin: CatalogPlugin;
  mood: MoodyCatalog['mood'];
}

/** SQLite behind a server that can be away, when it is opened too. */
function moodyServer(): Server {
  const inner = sqlite();
  const opened: MoodyCatalog[] = [];
  let mood: MoodyCatalog['mood'] = 'well';
  const plugin: CatalogPlugin = {
    ...inner,
    open: async (config, options) => {
      const door = moodyCatalog({ open: () => inner.open(config, options) } as never);
      door.mood = mood;
      const catalog = await (door.catalog as unknown as { open: () => ReturnType<CatalogPlugin['open']> }).open();
      const moody = moodyCatalog(catalog);
      opened.push(moody);
      return moody.catalog;
    },
  };
  return {
    plugin,
    get mood() {
      return mood;
    },
    set mood(given) {
      mood = given;
      for (const each of opened) each.mood = given;
    },
  };
}

async function machineWith(workshop: Workshop, plugin: CatalogPlugin): Promise<Deployment> {
  const tools = { criu: process.env['HOLDFAST_CRIU'], runc: process.env['HOLDFAST_RUNC'], native: process.env['HOLDFAST_NATIVE'] };
  const deployment = await openDeployment({
    drivers: [local()],
    catalogs: [plugin],
    config: { storage: { type: 'local', path: workshop.storage }, stateDirectory: join(workshop.directory, 'node'), tools },
  });
  await deployment.storage.provision();
  return deployment;
}

function start(workshop: Workshop, deployment: Deployment, job: string, script: string): Promise<Run> {
  const nothing = openSync('/dev/null', 'r+');
  return deployment.run({
    job,
    command: ['bash', '-c', script],
    workingDirectory: join(workshop.work, job),
    environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', SECRET: 'canary-of-the-environment' },
    interval: 3_600_000,
    labels: { team: 'x' },
    streams: { stdin: nothing, stdout: nothing, stderr: nothing },
  });
}

test('a catalog that is away before, while or after a job runs stops nothing, and hears of everything later', async () => {
  await using workshop = await openWorkshop();
  for (const job of ['while', 'to-its-end']) await mkdir(join(workshop.work, job));
  const server = moodyServer();
  server.mood = 'dead';
  await using node = await machineWith(workshop, server.plugin);
  const first = await start(workshop, node, 'while', counting(3000));
  await first.snapshot();
  server.mood = 'well';
  const types: Promise<readonly string[]> = eventTypes(first);
  await expect.poll(async () => (await node.jobs.list()).items.map(({ job }) => job), { timeout: 60_000 }).toEqual(['while']);
  // Its lease was taken late: it counts as running.
  await expect.poll(async () => (await node.jobs.show('while')).record?.status, { timeout: 60_000 }).toBe('running');
  server.mood = 'hangs';
  await first.snapshot();
  expect(await first.stop()).toMatchObject({ outcome: 'stopped', error: undefined, snapshots: 3 });
  expect(await types).toEqual(expect.arrayContaining(['catalog.unavailable', 'catalog.recovered', 'job.stopped']));
  server.mood = 'dead';
  await using dead = await machineWith(workshop, server.plugin);
  const second = await start(workshop, dead, 'to-its-end', 'exit 3');
  expect(await second.result).toMatchObject({ outcome: 'exited', exitCode: 3 });
  const journal = join(workshop.directory, 'node', 'catalog-journal');
  expect(await readdir(journal)).toHaveLength(2);
  server.mood = 'well';
  await using next = await machineWith(workshop, server.plugin);
  const { items } = await next.jobs.list();
  expect(items.map(({ job, status }) => [job, status])).toEqual([
    ['to-its-end', 'failed'],
    ['while', 'interrupted'],
  ]);
  expect(await readdir(journal)).toEqual([]);
  const shown = await next.jobs.show('while');
  expect(shown.snapshots.map(({ number, freezeMs }) => [number, freezeMs !== undefined])).toEqual([
    [3, true],
    [2, true],
    [1, true],
  ]);
  expect(shown.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['job.started', 'snapshot.committed', 'job.stopped']));
}, 240_000);
