import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryMounts, memoryObstacle } from '../../src/preflight/memory-mounts.js';

const mebibyte = 1024 * 1024;

test('what lies in a file system in memory is counted, and nothing else', async () => {
  const folder = mkdtempSync('/dev/shm/hf-memory-');
  try {
    writeFileSync(join(folder, 'large'), Buffer.alloc(3 * mebibyte, 1));
    const mounts = await memoryMounts(process.pid, ['/dev/shm', '/', '/not/a/mount']);
    expect(mounts.map(({ path }) => path)).toEqual(['/dev/shm']);
    expect(mounts[0]?.bytes).toBeGreaterThanOrEqual(3 * mebibyte);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('of a process that is gone there is nothing', async () => {
  expect(await memoryMounts(2 ** 22 + 1, ['/dev/shm'])).toEqual([]);
});

test('little is not told; much is, with its size, the place that has most, and what would do', () => {
  expect(memoryObstacle([])).toBeUndefined();
  expect(memoryObstacle([{ path: '/ram', bytes: 100 * mebibyte }])).toBeUndefined();
  const told = memoryObstacle([
    { path: '/ram', bytes: 100 * mebibyte },
    { path: '/dev/shm', bytes: 1400 * mebibyte },
  ]);
  expect(told?.message).toContain('1.46GiB of files in memory, most of them in /dev/shm');
  expect(told?.hint).toContain('-v NAME:/dev/shm');
});
