import { readFile, statfs } from 'node:fs/promises';
import { formatSize } from '@holdfast/core';
import { parseMountInfo } from '../container/host-mounts.js';
import type { Obstacle } from './obstacles.js';

export interface MemoryMount {
  readonly path: string;
  readonly bytes: number;
}

/**
 * How much lies in those of these places of a container that are file systems in memory, made for it alone: CRIU writes all of that, compressed, while the
 * job stands still. `init`: a process of the container. Nothing where it is gone.
 */
export async function memoryMounts(init: number, paths: readonly string[]): Promise<readonly MemoryMount[]> {
  const mounts = parseMountInfo(await readFile(`/proc/${init}/mountinfo`, 'utf8').catch(() => ''));
  const inMemory = mounts.filter(({ type, mountPoint }) => type === 'tmpfs' && paths.includes(mountPoint));
  return Promise.all(
    [...new Set(inMemory.map(({ mountPoint }) => mountPoint))].map(async (path) => {
      const usage = await statfs(`/proc/${init}/root${path}`).catch(() => undefined);
      return { path, bytes: usage === undefined ? 0 : (usage.blocks - usage.bfree) * usage.bsize };
    }),
  );
}

/** Some seconds of a freeze. */
const longFreezeBytes = 128 * 1024 * 1024;

/** Undefined where it takes no time worth a word. */
export function memoryObstacle(mounts: readonly MemoryMount[]): Obstacle | undefined {
  const bytes = mounts.reduce((sum, mount) => sum + mount.bytes, 0);
  if (bytes < longFreezeBytes) return undefined;
  const largest = [...mounts].sort((left, right) => right.bytes - left.bytes)[0];
  return {
    kind: 'file systems in memory',
    message: `the container has ${formatSize(bytes)} of files in memory, most of them in ${largest?.path ?? '/'}: each snapshot writes them out while the job stands still`,
    hint: `bind a folder of a disk there (-v NAME:${largest?.path ?? '/'}), or keep large files elsewhere`,
    blocksFreeze: false,
  };
}
