import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { until } from '../container/machine.js';
import { openWorkshop } from './workshop.js';

const source = fileURLToPath(new URL('./faults-job.c', import.meta.url));

test('a snapshot of a job that serves its own page faults is refused by that name, and the job goes on unharmed', async () => {
  await using workshop = await openWorkshop('/var/tmp');
  const program = join(workshop.directory, 'faults-job');
  await promisify(execFile)('gcc', ['-O2', '-pthread', '-o', program, source]);
  const machine = await workshop.machine('a', { job: { memory: 'auto' } });
  const job = await workshop.run(machine, { script: `exec ${program}` });
  const right = async (): Promise<number> => (await workshop.output()).split('\n').filter((line) => line.startsWith('page ')).length;
  await until(async () => (await right()) > 2);
  for (const _ of [1, 2]) {
    const failure = { code: 'HF_DUMP_FAILED', kind: 'unsupported', message: expect.stringContaining('userfaultfd') as string };
    await expect(job.snapshot()).rejects.toMatchObject(failure);
    const before = await right();
    await until(async () => (await right()) > before + 20);
  }
  await job.kill();
  expect((await workshop.output()).split('\n').filter((line) => line !== '' && !line.startsWith('page '))).toEqual([]);
});
