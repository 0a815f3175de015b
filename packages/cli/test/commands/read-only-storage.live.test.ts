import { spawnSync } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const main = resolve(import.meta.dirname, '../../lib/main.js');
const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot && process.env['CI'] !== 'true')(
  `a new storage on a read-only file system${isRoot ? '' : ' (not here: needs root)'}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hf-cli-read-only-'));
    // The mount goes away with the namespace.
    const script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" "$3" run --state-dir "$1" --storage "$1/new" -- true';
    const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', folder, process.execPath, main], { encoding: 'utf8' });
    await rmdir(folder);
    expect(status).toBe(125);
    expect(stderr).toContain(`${folder} is on a file system that is mounted read-only`);
    expect(stderr).toContain('HF_STORAGE_READ_ONLY');
  },
);
