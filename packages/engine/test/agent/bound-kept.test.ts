import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeOld } from '../../src/agent/bound-kept.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-kept-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

async function keep(path: string, daysAgo: number): Promise<void> {
  const made = join(folder, 'agent', path);
  await mkdir(made, { recursive: true });
  const at = Date.now() / 1000 - daysAgo * 86_400;
  await utimes(made, at, at);
}

async function left(path: string): Promise<readonly string[]> {
  const names: string[] = await readdir(join(folder, 'agent', path)).catch(() => []);
  return names.sort();
}

test('of logs and of what was cut off files the newest of each job stay, and none for longer than thirty days', async () => {
  for (let number = 10; number < 35; number += 1) {
    await keep(`diagnosis/many/log-${number}`, (40 - number) / 2);
    await keep(`saved/many/.holdfast/tail-${number}`, (40 - number) / 2);
  }
  await keep('diagnosis/few/old', 31);
  await keep('diagnosis/few/young', 29);
  await keep('saved/gone/.holdfast/old', 31);
  await removeOld({ stateDirectory: folder, clock: systemClock, logger: silentLogger });
  expect(await left('diagnosis/many')).toEqual(Array.from({ length: 20 }, (_, number) => `log-${number + 15}`));
  expect(await left('saved/many/.holdfast')).toEqual(Array.from({ length: 20 }, (_, number) => `tail-${number + 15}`));
  expect(await left('diagnosis/few')).toEqual(['young']);
  expect(await left('saved')).toEqual(['many']);
});
