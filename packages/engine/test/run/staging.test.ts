import { mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Room, systemRoom } from '../../src/run/room.js';
import { chooseStaging } from '../../src/run/staging.js';

const gibibyte = 1024 ** 3;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-staging-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

function room(memoryGiB: number, tmpfsGiB: number): Room {
  return { memoryBytes: () => memoryGiB * gibibyte, freeBytes: () => Promise.resolve(tmpfsGiB * gibibyte) };
}

test('memory images that have no room in memory go to the disk, but where that is not encrypted and the repository is', async () => {
  const places = { memoryDirectory: join(directory, 'memory'), diskDirectory: join(directory, 'disk') };
  const full = room(1, 1);
  expect(await chooseStaging({ ...places, plainDisk: true }, gibibyte, 0, full)).toEqual({ directory: places.diskDirectory, kind: 'disk' });
  await expect(chooseStaging({ ...places, plainDisk: false }, gibibyte, 0, full)).rejects.toMatchObject({
    code: 'HF_STAGING_PLAIN',
    kind: 'no-space',
    hint: expect.stringContaining('allowPlainDiskStaging') as unknown,
  });
});

// A dump of 4 GiB wants 6 GiB: a quarter more, and one that stays free.
test.each([
  { memory: 7, tmpfs: 7, beside: 0, kind: 'memory' },
  { memory: 6, tmpfs: 7, beside: 0, kind: 'disk' },
  { memory: 7, tmpfs: 6, beside: 0, kind: 'disk' },
  { memory: 7, tmpfs: 7, beside: 1, kind: 'disk' },
  { memory: 8, tmpfs: 7, beside: 1, kind: 'memory' },
])(
  'with $memory GiB of memory, $tmpfs GiB of tmpfs and $beside GiB wanted beside, a dump of 4 GiB goes to $kind',
  async ({ memory, tmpfs, beside, kind }) => {
    const places = { memoryDirectory: join(directory, 'memory'), diskDirectory: join(directory, 'disk'), plainDisk: true };
    const chosen = await chooseStaging(places, 4 * gibibyte, beside * gibibyte, room(memory, tmpfs));
    expect(chosen).toEqual({ directory: join(directory, kind), kind });
    expect(await readdir(directory)).toEqual([kind]);
  },
);

test('free space is that of the file system, and none where there is no folder to be had', async () => {
  const { blocks, bsize } = await statfs(directory);
  const found = await systemRoom.freeBytes(join(directory, 'new'));
  expect(found).toBeGreaterThan(0);
  expect(found).toBeLessThanOrEqual(blocks * bsize);
  expect(await readdir(directory)).toEqual(['new']);
  await writeFile(join(directory, 'file'), '');
  expect(await systemRoom.freeBytes(join(directory, 'file', 'below'))).toBe(0);
});
