import type { TreeTable } from './tree-table.js';

/** What a snapshot says about its files beside the objects; JSON. */
export interface FilesMetadata {
  readonly version: 1;
  readonly roots: readonly { readonly id: string; readonly entries: number; readonly files: number; readonly bytes: number }[];
}

export interface PreviousTree {
  readonly table: TreeTable;
  /** 1 where equal status later proves equal content. */
  readonly trusted: Uint8Array;
}

/** The files as a snapshot has them: lets the next capture take over what did not change. Worthless beside any other parent. */
export interface PreviousTrees {
  readonly metadata: FilesMetadata;
  readonly trees: ReadonlyMap<string, PreviousTree>;
}

export function describeFiles(trees: ReadonlyMap<string, PreviousTree>): FilesMetadata {
  const roots = [...trees].map(([id, { table }]) => {
    let files = 0;
    let bytes = 0;
    for (let index = 0; index < table.count; index += 1) {
      if (!table.isFile(index)) continue;
      files += 1;
      bytes += table.sizeBytes(index);
    }
    return { id, entries: table.count, files, bytes };
  });
  return { version: 1, roots };
}
