import { resolve } from 'node:path';
import type { TrackedRoot } from '../files/tracked-root.js';
import { isBelow } from './host-mounts.js';

/** Where this machine has what the job sees at `path`. Bytes as latin1, in and out. */
export function hostPathOf(path: string, roots: readonly TrackedRoot[]): string {
  const inside = roots
    .map(({ destination, hostPath }) => ({ destination: asLatin1(destination), hostPath: asLatin1(hostPath) }))
    .filter(({ destination }) => path === destination || isBelow(path, destination))
    .sort((left, right) => right.destination.length - left.destination.length)[0];
  return inside === undefined ? resolve('/', path) : inside.hostPath + path.slice(inside.destination === '/' ? 0 : inside.destination.length);
}

export function asLatin1(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** For file system calls: names need not be UTF-8. */
export function asBytes(latin1: string): Buffer {
  return Buffer.from(latin1, 'latin1');
}
