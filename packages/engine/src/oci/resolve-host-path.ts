import { readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HostMount } from '../container/host-mounts.js';
import { hungMounts } from '../container/hung-mounts.js';

/** Whether what is mounted there answers. */
export type AsksMount = (mount: HostMount) => Promise<boolean>;

/** Asks each mount once, from a process that can be left; those of kinds that always answer are not asked. */
export function createMountAsker(): AsksMount {
  const asked = new Map<number, Promise<boolean>>();
  return (mount) => {
    const answer = asked.get(mount.id) ?? hungMounts([mount]).then(({ size }) => size === 0);
    asked.set(mount.id, answer);
    return answer;
  };
}

export interface HostPlace {
  /** Without links as far as it was looked at. */
  readonly path: string;
  /** False where it lies on a file system that does not answer. */
  readonly answers: boolean;
}

/** Links may lead to each other for ever. */
const mostSteps = 4096;

/**
 * Where a path of this machine leads, as realpath tells it, but that nothing is looked at on a file system that does not answer: who looks may never come
 * back. The path as it is where it leads nowhere. `visible`: this machine's mounts that a path can reach.
 */
export async function resolveHostPath(path: string, visible: readonly HostMount[], asks: AsksMount): Promise<HostPlace> {
  const left = partsOf(path);
  let [at, steps] = ['/', 0];
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const next = name === '..' ? dirname(at) : join(at, name);
    const mount = visible.find(({ mountPoint }) => mountPoint === next);
    if (mount !== undefined && name !== '..' && !(await asks(mount))) return { path: join(next, ...left), answers: false };
    const target = await linkAt(next);
    if (target === 'missing' || (steps += 1) > mostSteps) return { path, answers: true };
    if (target === 'no link') at = next;
    else {
      if (target.to.startsWith('/')) at = '/';
      left.unshift(...partsOf(target.to));
    }
  }
  return { path: at, answers: true };
}

async function linkAt(path: string): Promise<'missing' | 'no link' | { readonly to: string }> {
  try {
    return { to: await readlink(path) };
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EINVAL' ? 'no link' : 'missing';
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
