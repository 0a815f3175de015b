import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { until } from '../container/machine.js';
import { counting, nextEvent, openWorkshop } from '../run/workshop.js';

test('a job that is exported, and imported under a new name into another storage, ends with the same answer', async () => {
  await using workshop = await openWorkshop();
  const here = await workshop.machine('here');
  const first = await workshop.run(here, { script: counting(40, 'go') });
  await until(async () => (await readFile(join(workshop.work, 'counted'), 'utf8').catch(() => '')).includes('6\n'));
  const { number } = await first.snapshot();
  await first.kill();
  const archive = join(workshop.directory, 'job.tar');
  const exported = await here.jobs.export('job', archive);
  expect(exported).toMatchObject({ job: 'job', number });

  const elsewhere = { storage: { type: 'local', path: join(workshop.directory, 'other-storage') } };
  const there = await workshop.machine('there', elsewhere);
  const imported = await there.jobs.import(archive, 'moved');
  expect(imported).toMatchObject({ job: 'moved', number: 1, source: { job: 'job', number }, workingDirectory: workshop.work });
  expect((await there.jobs.list()).items).toMatchObject([{ job: 'moved', status: 'interrupted' }]);
  const second = await workshop.run(there, { job: 'moved', script: counting(40, 'go') });
  expect(await nextEvent(second, 'job.resumed')).toMatchObject({ snapshot: 1 });
  await writeFile(join(workshop.work, 'go'), '');
  expect(await second.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  const { stdout } = await promisify(execFile)('bash', ['-c', 'seq 40 | sha256sum']);
  expect((await workshop.output()).trim().split('\n').at(-1)).toBe(stdout.trim());
});
