import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realMountPath } from '../../src/mount/real-mount-path.js';

test('links on the way are followed, also one that ends the path; what is not there stays', async () => {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'hf-real-')));
  try {
    await mkdir(join(base, 'a/b'), { recursive: true });
    await symlink('../a', join(base, 'a/up'));
    await symlink(join(base, 'a/up/b'), join(base, 'last'));
    await symlink('loop', join(base, 'loop'));
    expect(await realMountPath(join(base, 'a/up/b/new/mount'))).toBe(join(base, 'a/b/new/mount'));
    expect(await realMountPath(join(base, 'last'))).toBe(join(base, 'a/b'));
    expect(await realMountPath(join(base, 'none/../x'))).toBe(join(base, 'x'));
    expect(await realMountPath(join(base, 'loop/x'))).toBe(join(base, 'loop/x'));
    expect(await realMountPath('/')).toBe('/');
  } finally {
    await rm(base, { recursive: true });
  }
});
