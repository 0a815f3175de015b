import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../container/machine.js';
import type { Run } from '../../dist/index.js';
import { openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
let program: string;
beforeEach(async () => {
  workshop = await openWorkshop();
  // Not where it stands: below /tmp no job would see it.
  program = join(workshop.work, 'terminal-job.py');
  await copyFile(fileURLToPath(new URL('./terminal-job.py', import.meta.url)), program);
});
afterEach(() => workshop[Symbol.asyncDispose]());

const isUp = (): Promise<void> => until(() => existsSync(join(workshop.work, 'up')));

/** One that finds no quiet moment is tried again, as at the next interval. */
async function snapshotOf(run: Run): Promise<number> {
  for (;;) {
    try {
      return (await run.snapshot()).number;
    } catch (error) {
      expect(error).toMatchObject({ code: 'HF_TERMINAL_BUSY' });
    }
  }
}

test('a job that talks in a terminal of its own gets every line as it was printed, while it is saved and when it is resumed', async () => {
  const machine = await workshop.machine('a');
  const script = `python3 ${program} last`;
  const first = await workshop.run(machine, { script });
  await isUp();
  let number = 0;
  for (let taken = 0; taken < 3; taken += 1) number = await snapshotOf(first);
  await first.kill();
  const second = await workshop.run(machine, { script });
  await snapshotOf(second);
  await writeFile(join(workshop.work, 'last'), '');
  expect(await second.result).toMatchObject({ outcome: 'exited', exitCode: 0, resumedFrom: number });
  expect(await workshop.output()).toBe('all read\n');
});

test('a snapshot of a job whose terminal is never read fails by name, and the job finds what lies there as it was', async () => {
  const run = await workshop.run(await workshop.machine('a'), { script: `python3 ${program} idle go` });
  await isUp();
  const message = expect.stringMatching(
    /^8 bytes wait in the pseudo-terminal 0 of the job for process python3 \(\d+\), which has its master, /,
  ) as string;
  await expect(run.snapshot()).rejects.toMatchObject({ code: 'HF_TERMINAL_BUSY', message });
  await writeFile(join(workshop.work, 'go'), '');
  expect(await run.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(await workshop.output()).toBe("b'unread\\r\\n'\n");
});
