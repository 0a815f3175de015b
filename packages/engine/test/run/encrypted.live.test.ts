import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { counting, openWorkshop, type Workshop } from './workshop.js';

const key = randomBytes(32).toString('hex');
/** Names of the shell's variables lie in the job's memory, and the script in its command. */
const script = `canary_variable="canary-in-memory"; echo canary-in-a-file > canary-as-a-name; ${counting(1000)}`;
const canaries = ['canary-in-memory', 'canary-in-a-file', 'canary-as-a-name', 'canary_variable'];

let workshop: Workshop;
let keyFile: string;
beforeEach(async () => {
  workshop = await openWorkshop();
  keyFile = join(workshop.directory, 'key');
  await writeFile(keyFile, `${key}\n`);
});
afterEach(() => workshop[Symbol.asyncDispose]());

/** Files below a directory that have one of these in them. */
async function filesWith(directory: string, words: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (words.some((word) => bytes.includes(word))) found.push(path);
  }
  return found;
}

test('a job is resumed from an encrypted repository, which has nothing of it in the clear, nor the key anywhere', async () => {
  const machine = await workshop.machine('a', { encryption: { keyFile } });
  const first = await workshop.run(machine, { script });
  await first.snapshot();
  expect(await filesWith(join(workshop.directory, 'a'), [key])).toEqual([]);
  expect(await first.stop()).toMatchObject({ outcome: 'stopped', lastSnapshot: 2 });
  const second = await workshop.run(machine, { script });
  expect(second.resumedFrom).toBe(2);
  await second.kill();
  const report = await machine.jobs.verify(undefined);
  expect(report).toMatchObject({ ok: true, snapshots: 2 });
  expect(await filesWith(workshop.storage, [...canaries, key])).toEqual([]);
  expect(await filesWith(workshop.work, ['canary-in-a-file'])).toHaveLength(1);
});

test('a key that is missing or wrong stops every command before the storage is changed', async () => {
  const command = ['/bin/sh', '-c', `cat '${keyFile}'`];
  const machine = await workshop.machine('a', { encryption: { keyCommand: command } });
  const run = await workshop.run(machine, { script });
  await run.stop();
  await expect((await workshop.machine('b')).jobs.show('job')).rejects.toMatchObject({ code: 'HF_KEY_MISSING' });
  await writeFile(keyFile, randomBytes(32));
  await expect((await workshop.machine('c', { encryption: { keyFile } })).jobs.verify('job')).rejects.toMatchObject({ code: 'HF_KEY_WRONG' });
  await rm(keyFile);
  await expect(workshop.run(await workshop.machine('d', { encryption: { keyCommand: command } }), { script })).rejects.toMatchObject({
    code: 'HF_KEY_UNAVAILABLE',
    message: expect.stringContaining('No such file') as unknown,
  });
});
