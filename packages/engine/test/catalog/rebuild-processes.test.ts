import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sqlite } from '@holdfast/catalog/sqlite';
import { expect, test } from 'vitest';
import { liveThrough } from './history.js';
import { type CatalogPlace, catalogPlace, contentOf, type JobContent } from './place.js';

const program = fileURLToPath(new URL('rebuild-in-child.ts', import.meta.url));

async function someJobs(place: CatalogPlace): Promise<void> {
  for (let index = 0; index < 8; index += 1) {
    const ended = { outcome: 'exited', exitCode: index % 3 } as const;
    await liveThrough(place, `job-${index}`, `a${index}`, { snapshots: 2, ...(index % 2 === 0 ? { end: ended } : {}), labels: { n: String(index) } });
  }
}

/** Rebuilds in a process of its own, which is killed once it says so. Tells whether it came to its end. */
async function rebuildInChild({ folder }: CatalogPlace, path: string, killedAt?: string): Promise<boolean> {
  const child = spawn(process.execPath, [program, join(folder, 'root'), path], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (said: Buffer) => {
    if (killedAt !== undefined && said.includes(killedAt)) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return child.exitCode === 0;
}

async function contentAt(path: string): Promise<readonly JobContent[]> {
  await using catalog = await sqlite().open({ type: 'sqlite', path });
  return await contentOf(catalog);
}

test('two processes that make one catalog anew at once make it equal to the old one', async () => {
  await using place = await catalogPlace();
  await someJobs(place);
  const path = join(place.folder, 'by-two.sqlite');
  expect(await Promise.all([rebuildInChild(place, path), rebuildInChild(place, path)])).toEqual([true, true]);
  expect(await contentAt(path)).toEqual(await contentOf(place.catalog));
});

test('killed in the middle and begun again, it is made equal all the same', async () => {
  await using place = await catalogPlace();
  await someJobs(place);
  const path = join(place.folder, 'killed.sqlite');
  for (const killedAt of ['done 1\n', 'done 5\n']) expect(await rebuildInChild(place, path, killedAt)).toBe(false);
  expect(await rebuildInChild(place, path)).toBe(true);
  expect(await contentAt(path)).toEqual(await contentOf(place.catalog));
});
