import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { shownPath } from './object-key.js';
import { ownFolderName, type TrackedRoot } from './tracked-root.js';
import { TreeTable } from './tree-table.js';
import { runTreeTool } from './tree-tool.js';

/** A walk that takes longer is stuck on a file system that does not answer. */
const scanDeadlineMs = 120_000;

export interface ScanOptions {
  readonly treeTool: string;
  /** Absolute host paths that are left out. */
  readonly exclude: readonly string[];
  /** Where the record stream is kept. Default: nowhere. */
  readonly output?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Lists a root. Rejects with HF_TRACK_PATH where something in it cannot be read. */
export async function scanRoot(root: TrackedRoot, { treeTool, exclude, output, signal }: ScanOptions): Promise<TreeTable> {
  const target = output === undefined ? [] : ['--output', output];
  const piped = await runTreeTool('scan', [...leftOut(root, exclude), ...target, root.hostPath], { treeTool, signal, deadlineMs: scanDeadlineMs });
  return readableTable(root, output === undefined ? piped : await readFile(output, { signal }));
}

/** Rejects with HF_TRACK_PATH where something could not be read: what is not seen cannot come back. */
export function readableTable(root: TrackedRoot, bytes: Uint8Array): TreeTable {
  const table = new TreeTable(bytes, root.id);
  const [unreadable] = table.unreadable;
  if (unreadable === undefined) return table;
  throw new HoldfastError('HF_TRACK_PATH', {
    message: `${shownPath(root.hostPath, unreadable.path)} cannot be read (errno ${unreadable.errno})`,
    kind: 'permission',
    operation: 'files.scan',
    context: { count: table.unreadable.length },
    hint: 'make it readable, or run the job in a folder without it',
  });
}

/** The tool's arguments for what is left out of a root. */
export function leftOut({ hostPath }: TrackedRoot, exclude: readonly string[]): readonly string[] {
  return [ownFolderName, ...exclude.flatMap((path) => insideOf(hostPath, path))].flatMap((path) => ['--exclude', path]);
}

function insideOf(root: string, path: string): readonly string[] {
  const inside = relative(root, path);
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) ? [] : [inside];
}
