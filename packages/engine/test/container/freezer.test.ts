import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Freezer } from '../../src/container/freezer.js';

let folder: string;
let control: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-freezer-'));
  control = join(folder, 'freezer.state');
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

function freezerAt(): Freezer {
  const files = { version: 1, folder, control, frozen: 'FROZEN', thawed: 'THAWED', state: control, isFrozen: /^FROZEN$/m } as const;
  return new Freezer(files, systemClock);
}

/** Every thread of Node's pool waits for what does not come, as for a disk; until it is disposed of. */
function allThreadsWait(): AsyncDisposable {
  const count = 2 * Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  const pipes = Array.from({ length: count }, (_, number) => join(folder, `pipe-${number}`));
  execFileSync('mkfifo', pipes);
  const opened = pipes.map((pipe) => open(pipe, 'r'));
  return {
    [Symbol.asyncDispose]: async () => {
      const writers = pipes.map((pipe) => openSync(pipe, 'r+'));
      for (const file of await Promise.all(opened)) await file.close();
      for (const writer of writers) closeSync(writer);
    },
  };
}

test('a job is thawed though nothing else that works with files gets on', async () => {
  await writeFile(control, 'FROZEN');
  const freezer = freezerAt();
  let isThawed = false;
  {
    await using _waiting = allThreadsWait();
    void freezer.thaw(10_000).then(() => (isThawed = true));
    for (let turns = 0; turns < 5; turns += 1) await turn();
    // Only then do they get on.
    expect.soft(isThawed).toBe(true);
  }
  expect(await readFile(control, 'utf8')).toBe('THAWED');
});

test('the group that is gone with its job is as good as thawed; one that does not stop is told', async () => {
  await expect(freezerAt().thaw(10_000)).resolves.toBeUndefined();
  await writeFile(control, 'THAWED');
  const stubborn = new Freezer({ ...freezerAt().files, isFrozen: /^never$/m }, systemClock);
  await expect(stubborn.freeze(10)).rejects.toMatchObject({ code: 'HF_FREEZE_FAILED', kind: 'timeout' });
  expect(await readFile(control, 'utf8')).toBe('THAWED');
});
