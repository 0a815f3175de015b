import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { ownFolderName, type TrackedRoot } from './tracked-root.js';
import { TreeTable } from './tree-table.js';
import { runTreeTool } from './tree-tool.js';

/** A walk that takes longer is stuck on a file system that does not answer. */
const scanDeadlineMs = 120_000;

export interface ScanOptions {
  readonly treeTool: string;
  /** Absolute host paths that are left out. */
  readonly exclude: readonly string[];
  /** Where the record stream is written, since a pipe costs time that a frozen job has to wait. Default: a pipe. */
  readonly output?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Lists a root. Rejects with HF_TRACK_PATH where something in it cannot be read: what is not seen cannot come back. */
export async function scanRoot(root: TrackedRoot, { treeTool, exclude, output, signal }: ScanOptions): Promise<TreeTable> {
  const leftOut = [ownFolderName, ...exclude.flatMap((path) => insideOf(root.hostPath, path))].flatMap((path) => ['--exclude', path]);
  const target = output === undefined ? [] : ['--output', output];
  const piped = await runTreeTool(['scan', ...leftOut, ...target, root.hostPath], { treeTool, signal, deadlineMs: scanDeadlineMs });
  const table = new TreeTable(output === undefined ? piped : await readFile(output, { signal }), root.id);
  const [unreadable] = table.unreadable;
  if (unreadable !== undefined) {
    throw new HoldfastError('HF_TRACK_PATH', {
      message: `${root.hostPath}/${Buffer.from(unreadable.path, 'latin1').toString('utf8')} cannot be read (errno ${unreadable.errno})`,
      kind: 'permission',
      operation: 'files.scan',
      context: { count: table.unreadable.length },
      hint: 'make it readable, or run the job in a folder without it',
    });
  }
  return table;
}

function insideOf(root: string, path: string): readonly string[] {
  const inside = relative(root, path);
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) ? [] : [inside];
}
