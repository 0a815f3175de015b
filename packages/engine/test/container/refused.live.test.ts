import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markedProcesses } from '../../src/container/marked-processes.js';
import { Machine, until } from './machine.js';

const counter = 'while :; do echo on; sleep 0.02; done';

async function goesOn(machine: Machine): Promise<void> {
  const before = machine.lines().length;
  await until(() => machine.lines().length > before + 2);
}

test('a dump that is over its deadline fails by that name, and the job goes on', async () => {
  await using machine = await Machine.open();
  const container = await machine.start(['sh', '-c', counter]);
  await goesOn(machine);
  const [imagesDir, workDir] = [join(machine.base, 'images'), join(machine.base, 'work')];
  await expect(container.prepareDump({ imagesDir, workDir, deadlineMs: 1 })).rejects.toMatchObject({ code: 'HF_DUMP_TIMEOUT', kind: 'timeout' });
  await goesOn(machine);
  expect((await markedProcesses(container.id)).map(({ name }) => name)).toEqual(['holdfast-keeper']);
  await container.dispose();
});

test('a pages image that was cut short is refused before anything starts', async () => {
  await using machine = await Machine.open();
  const first = await machine.start(['sh', '-c', counter]);
  await goesOn(machine);
  const saved = await machine.save(first);
  await first.dispose();
  const pages = readdirSync(saved.imagesDirectory).find((name) => /^pages-\d+\.img$/.test(name)) ?? '';
  truncateSync(join(saved.imagesDirectory, pages), 4096);
  const before = machine.lines().length;
  await expect(machine.restore(saved, { deadlineMs: 5000 })).rejects.toMatchObject({ code: 'HF_RESTORE_FAILED', kind: 'corrupt' });
  expect(machine.lines().length).toBe(before);
});
