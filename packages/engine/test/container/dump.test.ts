import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareDump, type PreparedDump } from '../../src/container/dump.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-dump-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Says that CRIU waits, notes what the cover has once that is let go, and that it has ended well; without that, that it was stopped. */
const guard = `#!/bin/sh
echo ready
case "$(head -c 1)" in
  g) ls "$2/cover" > "$2/at-go"; echo ended 0;;
  *) echo ended 130;;
esac
`;

/** A dump, ready, of a job of this process alone. Once it stands still there is `later`, too. */
async function preparedOf(later: readonly number[], coverDeadlineMs?: number): Promise<PreparedDump> {
  const tool = join(folder, 'guard');
  writeFileSync(tool, guard, { mode: 0o700 });
  let frozen = false;
  const context = {
    runc: { tools: { guard: tool, runc: '/nowhere/runc', criu: '/nowhere/criu' }, root: folder, log: join(folder, 'log') },
    id: 'job',
    clock: systemClock,
    helpersFile: join(folder, 'helpers'),
    initPid: process.pid,
    processes: () => Promise.resolve(frozen ? [process.pid, ...later] : [process.pid]),
    isFrozen: () => Promise.resolve(frozen),
    isJobEnding: () => false,
    onCriuKilled: () => undefined,
  };
  const cover = { cache: '/nowhere/criu.kdat' };
  const options = { imagesDir: join(folder, 'images'), workDir: join(folder, 'work'), deadlineMs: 60_000, withoutMemory: true, cover };
  const dump = await prepareDump(context, options, coverDeadlineMs);
  frozen = true;
  return dump;
}

const atGo = (): string => join(folder, 'work', 'at-go');

test('CRIU is let go once the cover has the processes that were made meanwhile', async () => {
  const later = spawn('sleep', ['60']);
  try {
    const dump = await preparedOf([later.pid ?? 0]);
    await dump.run();
  } finally {
    later.kill('SIGKILL');
  }
  expect(readFileSync(atGo(), 'utf8').split('\n')).toEqual(expect.arrayContaining([process.pid, later.pid].map((pid) => `pagemap-${pid}.img`)));
});

test('where the cover is not completed in time CRIU is not let go, and the dump fails', async () => {
  const later = spawn('sleep', ['60']);
  const dump = await preparedOf([later.pid ?? 0], 20);
  // Whoever writes it waits for a reader.
  const hanging = join(folder, 'work', 'cover', `pagemap-${later.pid}.img`);
  execFileSync('mkfifo', [hanging]);
  try {
    await expect(dump.run()).rejects.toMatchObject({ code: 'HF_DUMP_FAILED', retry: 'yes', message: expect.stringContaining('too long') as string });
  } finally {
    later.kill('SIGKILL');
    await readFile(hanging);
  }
  expect(existsSync(atGo())).toBe(false);
});
