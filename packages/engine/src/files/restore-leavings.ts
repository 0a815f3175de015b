import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { ActionList } from './action-list.js';
import { ownFolderName, type TrackedRoot } from './tracked-root.js';

/** What an earlier restore left behind when it was killed: rebuilt files and what was not the user's. Saved folders stay. */
export async function leavingsOf(roots: readonly TrackedRoot[]): Promise<ActionList> {
  const actions = new ActionList();
  for (const [number, root] of roots.entries()) {
    const names = await ownFolderNames(root);
    for (const name of names) {
      if (name.startsWith('incoming-') || name.startsWith('discarded-')) actions.removeOwn(number, `${ownFolderName}/${name}`);
    }
  }
  return actions;
}

async function ownFolderNames({ hostPath }: TrackedRoot): Promise<readonly string[]> {
  const folder = join(hostPath, ownFolderName);
  try {
    return await readdir(folder, { encoding: 'latin1' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return [];
    throw new HoldfastError('HF_RESTORE_REFUSED', {
      message: `${folder} is in the way: it is not a folder that can be read`,
      kind: 'conflict',
      operation: 'files.restore',
      hint: 'move it away; Holdfast keeps saved files under this name',
      cause: error,
    });
  }
}
