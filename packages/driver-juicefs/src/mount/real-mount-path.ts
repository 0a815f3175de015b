import { readFile, readlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { mountPointOf } from './look-at-mount.js';

const mostLinks = 40;

/**
 * The path without symbolic links, as the kernel lists what is mounted there. What is mounted somewhere is a directory, and is not asked whether it is a
 * link: it may hang. What does not exist stays as it is written.
 */
export async function realMountPath(path: string): Promise<string> {
  const mounted = new Set((await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map(mountPointOf));
  let real = '/';
  let links = 0;
  const names = partsOf(path);
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = name === '..' ? dirname(real) : join(real, name);
    const target = mounted.has(next) || links >= mostLinks ? undefined : await readlink(next).catch(() => undefined);
    if (target === undefined) real = next;
    else {
      links += 1;
      names.unshift(...partsOf(target));
      real = target.startsWith('/') ? '/' : real;
    }
  }
  return resolve(real);
}

function partsOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
