import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '@holdfast/core/basics';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endUnfinishedClient, noteStartingClient } from '../../src/mount/starting-client.js';

let folder = '';
let child: ChildProcess;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-starting-'));
  child = spawn('sleep', ['60'], { detached: true });
});
afterEach(async () => {
  child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

test('a client that is noted is ended, and its note goes', async () => {
  noteStartingClient(join(folder, 'mount'), child.pid ?? 0);
  const ended = once(child, 'exit');
  await endUnfinishedClient(join(folder, 'mount'));
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(await readdir(folder)).toEqual([]);
});

test('a process that has the number of a client that is gone is left', async () => {
  const identity = processIdentity(child.pid ?? 0);
  for (const other of [
    { ...identity, startTicks: 1 },
    { ...identity, bootId: 'a' },
  ]) {
    await writeFile(join(folder, '.mount.starting'), JSON.stringify(other));
    await endUnfinishedClient(join(folder, 'mount'));
  }
  expect(processIdentity(child.pid ?? 0)).toEqual(identity);
  expect(await readdir(folder)).toEqual([]);
});
