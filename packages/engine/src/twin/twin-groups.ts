import { mkdir, rmdir } from 'node:fs/promises';
import type { FreezerFiles } from '../container/cgroup-files.js';
import { noTwin } from './refused.js';
import type { LimitPlaces } from './read-room.js';

/**
 * Control groups beside the job's own, which neither its freezer nor its limit of processes reaches. Their memory stays the job's where the hierarchies are
 * apart: where it runs out, the kernel then ends a twin, not the job.
 */
export class TwinGroups {
  readonly directories: readonly string[];

  private constructor(directories: readonly string[]) {
    this.directories = directories;
  }

  /** What an attempt before has left is taken over. Rejects with HF_TWIN_REFUSED. */
  static async make(freezer: FreezerFiles, { pids }: LimitPlaces): Promise<TwinGroups> {
    const directories = [...new Set([freezer.folder, ...(freezer.version === 1 && pids !== undefined ? [pids] : [])])].map(twinGroupOf);
    for (const directory of directories) {
      await mkdir(directory).catch((error: unknown) => {
        if (isThere(error)) return;
        throw noTwin('group', `the control group ${directory} for copies of the job's processes cannot be made`, error, 'permission');
      });
    }
    return new TwinGroups(directories);
  }

  /** Harmless where they are in use still, or gone. */
  async remove(): Promise<void> {
    for (const directory of this.directories) await rmdir(directory).catch(() => undefined);
  }
}

export function twinGroupOf(folder: string): string {
  return `${folder}-twins`;
}

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
