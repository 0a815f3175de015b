import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';

/**
 * Makes a folder below a root that is there: where it is not, its mount is gone. No link is followed: it could lead out of the root. Rejects with
 * HF_CONTAINER_SETTING where something else lies on the way.
 */
export async function makeBelow(root: string, below: string): Promise<string> {
  let path = root;
  for (const part of below.split('/')) {
    path = join(path, part);
    await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
    if (!(await lstat(path)).isDirectory()) throw noFolder(path, below);
  }
  return path;
}

function noFolder(path: string, below: string): HoldfastError {
  return new HoldfastError('HF_CONTAINER_SETTING', {
    message: `MMC_CHECKPOINT_IMAGE_SUBPATH=${JSON.stringify(below)} leads through ${path}, which is no folder`,
    kind: 'invalid-argument',
    operation: 'repository.open',
    hint: 'name another folder below the storage; links are not followed',
  });
}
