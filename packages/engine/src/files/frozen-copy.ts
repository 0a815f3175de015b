import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrackedRoot } from './tracked-root.js';
import type { TreeTable } from './tree-table.js';
import { runTreeTool } from './tree-tool.js';

export interface StagedCopy {
  readonly index: number;
  readonly path: string;
}

export interface FrozenCopy {
  readonly staged: readonly StagedCopy[];
  /** Entries that were gone when their turn came: something outside the job removed them. */
  readonly vanished: readonly number[];
}

export interface CopyOptions {
  readonly root: TrackedRoot;
  readonly table: TreeTable;
  readonly indexes: readonly number[];
  readonly folder: string;
  readonly treeTool: string;
  readonly signal?: AbortSignal | undefined;
}

/** An hour: how much there is to copy is the job's doing, and the caller has its own limit for the freeze. */
const copyDeadlineMs = 3_600_000;

/** Copies files of a root into `folder` under their entries' numbers: clones where the file system can, else data without holes. */
export async function copyFrozen({ root, table, indexes, folder, treeTool, signal }: CopyOptions): Promise<FrozenCopy> {
  if (indexes.length === 0) return { staged: [], vanished: [] };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const input = Buffer.concat(
    indexes.flatMap((index) => {
      const path = table.pathBytes(index);
      const head = Buffer.alloc(16);
      head.writeUInt32LE(index, 0);
      head.writeBigUInt64LE(BigInt(table.sizeBytes(index)), 4);
      head.writeUInt32LE(path.length, 12);
      return [head, path];
    }),
  );
  const answer = await runTreeTool(['copy', root.hostPath, folder], { treeTool, signal, deadlineMs: copyDeadlineMs, input });
  const staged: StagedCopy[] = [];
  const vanished: number[] = [];
  for (let at = 0; at + 8 <= answer.length; at += 8) {
    const index = answer.readUInt32LE(at);
    if (answer.readUInt32LE(at + 4) === 0) staged.push({ index, path: join(folder, String(index)) });
    else vanished.push(index);
  }
  return { staged, vanished };
}
