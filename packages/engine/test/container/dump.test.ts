import { execFileSync } from 'node:child_process';
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

/** A dump, ready, of a job of this process alone. */
async function prepared(coverDeadlineMs?: number): Promise<PreparedDump> {
  const tool = join(folder, 'guard');
  writeFileSync(tool, guard, { mode: 0o700 });
  let frozen = false;
  const context = {
    runc: { tools: { guard: tool, runc: '/nowhere/runc', criu: '/nowhere/criu' }, root: folder, log: join(folder, 'log') },
    id: 'job',
    clock: systemClock,
    helpersFile: join(folder, 'helpers'),
    initPid: process.pid,
    processes: () => Promise.resolve([process.pid]),
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

/** As many are there once the job stands still. */
const standing = [process.pid, 77].map((pid) => ({ pid, parentPid: 1, imagePid: pid }));
const atGo = (): string => join(folder, 'work', 'at-go');

test('CRIU is let go once the cover has the processes that were made meanwhile', async () => {
  const dump = await prepared();
  await dump.run(standing);
  expect(readFileSync(atGo(), 'utf8').split('\n')).toEqual(expect.arrayContaining([process.pid, 77].map((pid) => `pagemap-${pid}.img`)));
});

test('where the cover is not completed in time CRIU is not let go, and the dump fails', async () => {
  const dump = await prepared(20);
  // Whoever writes it waits for a reader.
  const hanging = join(folder, 'work', 'cover', 'pagemap-77.img');
  execFileSync('mkfifo', [hanging]);
  try {
    await expect(dump.run(standing)).rejects.toMatchObject({
      code: 'HF_DUMP_FAILED',
      retry: 'yes',
      message: expect.stringContaining('too long') as string,
    });
  } finally {
    await readFile(hanging);
  }
  expect(existsSync(atGo())).toBe(false);
});
