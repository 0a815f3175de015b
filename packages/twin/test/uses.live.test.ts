import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startTwinHelper } from '@holdfast/twin';
import { expect, test, vi } from 'vitest';
import { Job, type JobOptions, program } from './job.js';
import { drop, forkOnce } from './twins.js';

/** What an operating system offers and a copy might disturb: `programs/uses`. */
const uses = [
  'pipe socket address flock ofd-lock eventfd record-lock robust pi semaphore timerfd timer itimer signalfd thp hugetlb',
  'mlock shared memfd memfd-private sysv-shm unlinked dontfork wipeonfork subreaper zombie pdeathsig nobody',
].flatMap((names) => names.split(' '));

const cases: readonly (readonly [string, JobOptions, readonly string[]])[] = [
  ['freezer v1', { kind: 'v1' }, []],
  // What is stopped is refused by freezer v1.
  ['freezer v2, below holdfast-init', { kind: 'v2', underInit: true }, ['stop']],
  ['freezer v1, pid 1 itself', { kind: 'v1', isInit: true }, []],
];

test.each(cases)('descriptors, locks, timers, memory and children are as they would be without twins: %s', async (_, options, more) => {
  const names = [...uses, ...more];
  // Beside the program, once it is there.
  await using job = new Job('uses', (folder) => [join(folder, 'stop'), ...names], options);
  const lines = [];
  while (lines.at(-1) !== 'ready') lines.push(await job.line());
  await using helper = await startTwinHelper({ program });
  // In the engine CRIU's dump tells.
  const subreapers = await vi.waitFor(
    () => {
      const found = job.members().filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'subreaper\n');
      expect(found).toHaveLength(1);
      return found;
    },
    { timeout: 30_000, interval: 5 },
  );
  for (let round = 0; round < 6; round++) {
    expect((await forkOnce(helper, job, subreapers)).length).toBeGreaterThan(names.length);
    await delay(15);
    await drop(helper, job);
    await delay(5);
  }
  writeFileSync(join(job.folder, 'stop'), '');
  while (lines.at(-1)?.startsWith('all ') !== true) lines.push(await job.line());
  expect(lines.sort()).toEqual(['ready', `all ${names.length}`, ...names.map((name) => `${name} fine`)].sort());
});
