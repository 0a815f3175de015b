import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWorkshop } from './workshop.js';

test('a file that the job holds open under a name that is gone comes back by its other name, deep in the tracked folder', async () => {
  await using workshop = await openWorkshop();
  const machine = await workshop.machine('a');
  const script = `mkdir -p a/b; exec 3> first; ln first a/b/second; rm first; : > ready
until [ -e go ]; do sleep 0.05; done; echo on >&3; cat a/b/second; ls`;
  const first = await workshop.run(machine, { script });
  while ((await readFile(join(workshop.work, 'ready'), 'utf8').catch(() => undefined)) === undefined) await new Promise(setImmediate);
  await first.stop();
  const second = await workshop.run(machine, { script });
  expect(second.resumedFrom).toBe(1);
  await writeFile(join(workshop.work, 'go'), '');
  expect(await second.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(await workshop.output()).toBe('on\na\ngo\nready\n');
});
