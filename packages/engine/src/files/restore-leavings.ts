import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { ActionList } from './action-list.js';
import { ownFolderName, type TrackedRoot } from './tracked-root.js';

/**
 * The removal of what an earlier restore left when it was killed: rebuilt files, and what was not the user's. Saved folders stay. Rejects with
 * HF_RESTORE_REFUSED where something else than a folder has the name of Holdfast's own.
 */
export async function leavingsOf(roots: readonly TrackedRoot[]): Promise<ActionList> {
  const actions = new ActionList();
  for (const [number, { hostPath }] of roots.entries()) {
    const folder = join(hostPath, ownFolderName);
    const status = await lstat(folder).catch(() => undefined);
    if (status === undefined) continue;
    if (!status.isDirectory()) throw inTheWay(folder);
    for (const name of await readdir(folder, { encoding: 'latin1' })) {
      if (name.startsWith('incoming-') || name.startsWith('discarded-')) actions.removeOwn(number, `${ownFolderName}/${name}`);
    }
  }
  return actions;
}

function inTheWay(folder: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `${folder} is in the way: it is not a folder`,
    kind: 'conflict',
    operation: 'files.restore',
    hint: 'move it away; Holdfast keeps saved files in a folder of this name',
  });
}
