import type { AppliedMove } from './apply-actions.js';
import { itemAt } from './item-at.js';
import { shownPath } from './object-key.js';
import type { RestoreFolders } from './restore-actions.js';
import type { TrackedRoot } from './tracked-root.js';

export interface MovedFiles {
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  /** Where what was in the way is now, the first of `savedFolders`; undefined where nothing was. */
  readonly savedFolder: string | undefined;
  /** One for each root in which something was moved. */
  readonly savedFolders: readonly string[];
}

/** Tells of what was moved, but for roots in which nothing is the user's. */
export function reportMoves(moves: readonly AppliedMove[], roots: readonly TrackedRoot[], { saved }: RestoreFolders): MovedFiles {
  const moved: { from: string; to: string }[] = [];
  const savedFolders = new Set<string>();
  for (const { root, from, to } of moves) {
    const { hostPath, private: own } = itemAt(roots, root);
    if (own) continue;
    moved.push({ from: shownPath(hostPath, from), to: shownPath(hostPath, to) });
    savedFolders.add(shownPath(hostPath, saved));
  }
  const folders = [...savedFolders];
  return { moved, savedFolder: folders[0], savedFolders: folders };
}
