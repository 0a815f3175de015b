import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('live-checks.ts', import.meta.url));

/**
 * Runs a check in a mount namespace of its own, on a tmpfs of its own: when its process ends, every mount and file of it is gone,
 * and nothing has to be removed through a mount.
 */
async function found(check: string): Promise<unknown> {
  const base = await mkdtemp(join(tmpdir(), 'hf-driver-local-live-'));
  const script = 'mount -t tmpfs -o mode=0700 none "$3" && exec "$0" "$1" "$2" "$3"';
  const args = ['-m', '--propagation', 'private', '--', 'sh', '-c', script, process.execPath, program, check, base];
  try {
    const { stdout } = await promisify(execFile)('unshare', args, { timeout: 120_000 });
    return (JSON.parse(stdout.replaceAll(base, '/BASE')) as { found: unknown }).found;
  } finally {
    await rmdir(base);
  }
}

const lacking =
  process.getuid?.() === 0
    ? ['unshare', 'mkfs.xfs', 'fsfreeze'].find((program) => !existsSync(`/usr/bin/${program}`) && !existsSync(`/usr/sbin/${program}`))
    : 'root';
// On CI the tests run all the same, and fail with what is missing.
const live = test.skipIf(lacking !== undefined && process.env['CI'] !== 'true');
const because = lacking === undefined ? '' : ` (needs ${lacking})`;

live(`a read-only mount is refused by name, with the remedy${because}`, async () => {
  expect(await found('readOnly')).toEqual({
    code: 'HF_STORAGE_READ_ONLY',
    message: "The storage directory '/BASE/storage' is on a file system that is mounted read-only",
    hint: 'Mount it for writing, or give another directory',
  });
});

live.each(['full', 'noInodes'])(`a file system that is full (%s) is refused by name, with the remedy${because}`, async (check) => {
  expect(await found(check)).toEqual({
    code: 'HF_STORAGE_FULL',
    message: "The storage directory '/BASE/storage' has no space left",
    hint: 'Free space or inodes there, raise the quota, or keep fewer snapshots',
  });
});

live(`health sees a file system that became read-only${because}`, async () => {
  expect(await found('becomesReadOnly')).toContain('mounted read-only');
});

live(`memory is no durable storage, and the guarantees say so${because}`, async () => {
  expect(await found('volatile')).toBe(false);
});

live(`destroy never removes through a mount${because}`, async () => {
  expect(await found('mountInside')).toEqual({
    code: 'HF_STORAGE_NOT_EMPTY',
    message: "The storage directory '/BASE/storage' has a mount at '/BASE/storage/a b'",
    hint: "Unmount it first: umount '/BASE/storage/a b'",
    kept: true,
  });
});

live(`health of an XFS that hangs keeps the contract${because}`, async () => {
  expect(await found('hang')).toBe('kept');
});

live(`attach of an XFS that hangs ends at its deadline${because}`, async () => {
  expect(await found('hungAttach')).toMatchObject({ code: 'HF_STORAGE_TIMEOUT' });
});
