import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseStaging } from '../../src/run/staging.js';

/** More than any machine has. */
const tooMuch = 2 ** 50;

test('memory images that have no room in memory go to the disk, but where that is not encrypted and the repository is', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hf-staging-'));
  try {
    const places = { memoryDirectory: join(directory, 'memory'), diskDirectory: join(directory, 'disk') };
    expect(await chooseStaging({ ...places, plainDisk: true }, tooMuch)).toEqual({ directory: places.diskDirectory, kind: 'disk' });
    await expect(chooseStaging({ ...places, plainDisk: false }, tooMuch)).rejects.toMatchObject({
      code: 'HF_STAGING_PLAIN',
      kind: 'no-space',
      hint: expect.stringContaining('allowPlainDiskStaging') as unknown,
    });
  } finally {
    await rm(directory, { recursive: true });
  }
});
