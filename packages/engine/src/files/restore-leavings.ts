import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { ActionList } from './action-list.js';
import { ownFolderName, type TrackedRoot } from './tracked-root.js';

export interface Leavings {
  /** Removes what is left. */
  readonly actions: ActionList;
  /** What else lies in Holdfast's own folders, saved folders among it. */
  readonly names: ReadonlySet<string>;
}

/**
 * The removal of what an earlier restore left when it was killed: rebuilt files, and what was not the user's. Saved folders stay. Rejects with
 * HF_RESTORE_REFUSED where something else than a folder has the name of Holdfast's own.
 */
export async function leavingsOf(roots: readonly TrackedRoot[]): Promise<Leavings> {
  const actions = new ActionList();
  const names = new Set<string>();
  for (const [number, { hostPath }] of roots.entries()) {
    const folder = join(hostPath, ownFolderName);
    const status = await lstat(folder).catch(() => undefined);
    if (status === undefined) continue;
    if (!status.isDirectory()) throw inTheWay(folder);
    for (const name of await readdir(folder, { encoding: 'latin1' })) {
      if (name.startsWith('incoming-') || name.startsWith('discarded-')) actions.removeOwn(number, `${ownFolderName}/${name}`);
      else names.add(name);
    }
  }
  return { actions, names };
}

/** The name, or one with a number behind it: what an earlier restore saved under it may have a file where this one needs a folder. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}~${number}`;
  return name;
}

function inTheWay(folder: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `${folder} is in the way: it is not a folder`,
    kind: 'conflict',
    operation: 'files.restore',
    hint: 'move it away; Holdfast keeps saved files in a folder of this name',
  });
}
