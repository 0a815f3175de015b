import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '../../dist/index.js';
import { until } from '../container/machine.js';
import { nextEvent, openWorkshop, type Workshop } from './workshop.js';

const run = promisify(execFile);
const mebibyte = 1024 ** 2;
const [sizeMebibytes, leastMebibytes] = [256, 128];

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop('/var/tmp');
});
afterEach(() => workshop[Symbol.asyncDispose]());

test('where the memory of its control group runs low the copy goes, the snapshot is a plain dump, and the job goes on', async () => {
  const program = join(workshop.directory, 'rewriting-job');
  await run('gcc', ['-O2', '-o', program, fileURLToPath(new URL('./rewriting-job.c', import.meta.url))]);
  const machine = await workshop.machine('a');
  const gate = join(workshop.work, 'gate');
  const job = await workshop.run(machine, { script: `exec ${program} ${sizeMebibytes} ${gate}` });
  const { pid } = await nextEvent(job, 'job.started');
  await until(async () => (await workshop.output()).includes('ready'));
  const group = await memoryGroup(pid);
  // Enough for the look before the freeze, and less than the job writes until all of it is stored.
  const used = Number(await readFile(join(group.folder, group.usage), 'utf8'));
  await writeFile(join(group.folder, group.limit), String(used + (sizeMebibytes / 8 + leastMebibytes + 24) * mebibyte));
  const events: RunEvent[] = [];
  const heard = (async () => {
    for await (const event of job.events()) {
      events.push(event);
      // Only now does it write: the twin is there.
      if (event.type === 'snapshot.progress' || event.type === 'snapshot.started') await writeFile(gate, '');
    }
  })();
  await job.snapshot();
  // On a machine that is too busy to look in time the kernel ends the copy, as what is to go first.
  const reason = expect.stringMatching(/^(?:no-room|lost)$/u) as string;
  expect(events.filter(({ type }) => type.startsWith('snapshot.') && type !== 'snapshot.progress')).toMatchObject([
    { type: 'snapshot.started' },
    { type: 'snapshot.without-twin', reason },
    { type: 'snapshot.committed', memoryFrom: 'staged-memory', twinRefused: reason },
  ]);
  expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toContain('rewriting-job');
  expect(await job.kill()).toMatchObject({ outcome: 'stopped' });
  await heard;
});

/** Of the process: where its memory is counted and limited. */
async function memoryGroup(pid: number) {
  const lines = (await readFile(`/proc/${pid}/cgroup`, 'utf8')).split('\n').map((line) => line.split(':'));
  const old = lines.find(([, controllers]) => controllers === 'memory')?.[2];
  const folder = old ?? lines.find(([number]) => number === '0')?.[2] ?? '';
  return old === undefined
    ? { folder: join('/sys/fs/cgroup', folder), usage: 'memory.current', limit: 'memory.max' }
    : { folder: join('/sys/fs/cgroup/memory', folder), usage: 'memory.usage_in_bytes', limit: 'memory.limit_in_bytes' };
}
