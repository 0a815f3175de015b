import { readFile } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core';
import { execa } from 'execa';
import { isBelow, parseMountInfo } from './host-mounts.js';

/**
 * Removes a folder of Holdfast's own with all that is in it, but never what is mounted there: mounts below it are taken away first,
 * deepest first, and the removal does not enter another file system. A killed CRIU leaves live control groups mounted in its work
 * folder; a plain recursive removal would walk into them. Absence is success.
 */
export async function removeFolder(folder: string): Promise<void> {
  const mounts = parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
  const below = mounts.map(({ mountPoint }) => mountPoint).filter((path) => path === folder || isBelow(path, folder));
  const deepestFirst = below.sort((left, right) => right.split('/').length - left.split('/').length);
  for (const path of deepestFirst) await run('umount', ['--no-canonicalize', path], path);
  await run('rm', ['-rf', '--one-file-system', '--', folder], folder);
}

async function run(program: string, words: readonly string[], path: string): Promise<void> {
  const { failed, stderr } = await execa(program, words, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    extendEnv: false,
    reject: false,
    detached: true,
    stdin: 'ignore',
    timeout: 60_000,
  });
  if (!failed) return;
  throw new HoldfastError('HF_UNEXPECTED', {
    message: `${path} could not be removed: ${stderr.split('\n')[0] ?? 'no answer'}`,
    kind: 'unavailable',
    operation: 'cleanup',
    hint: 'something is mounted or in use there',
  });
}
