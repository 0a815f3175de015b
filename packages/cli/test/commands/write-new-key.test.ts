import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeNewKey } from '../../src/commands/write-new-key.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-new-key-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a key that could not be written leaves no file that would be taken for it', async () => {
  const failing = (): Buffer => {
    throw new Error('no randomness');
  };
  await expect(writeNewKey(join(directory, 'key'), failing)).rejects.toMatchObject({ code: 'HF_KEY_UNAVAILABLE' });
  expect(await readdir(directory)).toEqual([]);
});

test('its owner can read it whatever the umask takes away', async () => {
  const path = join(directory, 'key');
  const before = process.umask(0o777);
  try {
    await writeNewKey(path);
  } finally {
    process.umask(before);
  }
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
