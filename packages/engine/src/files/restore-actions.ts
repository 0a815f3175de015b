import { ActionList } from './action-list.js';
import type { Entries } from './restore-compare.js';
import type { RestorePlan } from './restore-plan.js';
import { ownFolderName, type TrackedRoot } from './tracked-root.js';
import type { TreeBarrier } from './tree-entry.js';

/** The folders of one restore in each root, beneath it. */
export interface RestoreFolders {
  /** What was in the way; kept. */
  readonly saved: string;
  /** The same where nothing is the user's; removed at the end. */
  readonly discarded: string;
  /** Rebuilt files until they are put in place. */
  readonly incoming: string;
}

export function restoreFolders(savedName: string): RestoreFolders {
  return {
    saved: `${ownFolderName}/${savedName}`,
    discarded: `${ownFolderName}/discarded-${savedName}`,
    incoming: `${ownFolderName}/incoming-${savedName}`,
  };
}

/** Makes the folders for rebuilt files, in the roots that get any. */
export function prepareActions(plan: RestorePlan, folders: RestoreFolders): ActionList {
  const actions = new ActionList();
  for (const root of new Set(plan.contents.map(({ root }) => root))) {
    actions.makeDirectory(root, folders.incoming);
  }
  return actions;
}

/** Everything else: moves, then what is new from the root down, then metadata, of directories last and from the leaves up. */
export function restoreActions(
  plan: RestorePlan,
  roots: readonly TrackedRoot[],
  wanted: readonly Entries[],
  barriers: readonly (readonly TreeBarrier[])[],
  folders: RestoreFolders,
): ActionList {
  const actions = new ActionList();
  for (const { root, path } of plan.moveAside)
    actions.moveAside(root, path, `${roots[root]?.private === true ? folders.discarded : folders.saved}/${path}`);
  for (const { root, entry } of plan.directories) actions.makeDirectory(root, entry.path);
  for (const [root, list] of barriers.entries()) {
    for (const { path, reason, isDirectory } of list) {
      if (reason === 'm' && isDirectory) actions.makeDirectory(root, path);
    }
  }
  for (const [number, { root, entry, keptLinks }] of plan.contents.entries()) {
    const rebuilt = `${folders.incoming}/${number}`;
    if (keptLinks === undefined) actions.place(root, rebuilt, entry.path);
    else actions.overwrite(root, rebuilt, entry.path, `${folders.saved}/${entry.path}`, { ino: entry.ino, links: keptLinks });
  }
  for (const { root, entry } of plan.specials) {
    if (entry.type === 'l') actions.makeSymbolicLink(root, entry.path, entry.target);
    else actions.makeNode(root, entry);
  }
  for (const { from, to } of plan.hardLinks) actions.makeHardLink(from.root, from.path, to.root, to.path);
  for (const root of roots.keys()) {
    actions.removeOwn(root, folders.incoming);
    actions.removeOwn(root, folders.discarded);
    actions.removeEmptyDirectory(root, ownFolderName);
    const entries = [...(wanted[root]?.values() ?? [])];
    for (const entry of entries) {
      if (entry.type !== 'd') actions.setMetadata(root, entry);
    }
    for (const entry of entries.reverse()) {
      if (entry.type === 'd') actions.setMetadata(root, entry);
    }
  }
  return actions;
}
