import { HoldfastError } from '@holdfast/core';
import { shownPath } from './object-key.js';
import { type Entries, entriesOf } from './restore-compare.js';
import type { TrackedRoot } from './tracked-root.js';
import type { FileTime, TreeEntry } from './tree-entry.js';
import type { TreeTable } from './tree-table.js';

/** Compares a root with the snapshot after everything was put in place. Rejects with HF_RESTORE_FAILED naming the first entry that differs. */
export function checkRestored(root: TrackedRoot, wanted: Entries, table: TreeTable, notedPaths: ReadonlySet<string>): void {
  const found = entriesOf(table);
  for (const want of wanted.values()) {
    const difference = differs(want, found.get(want.path), notedPaths.has(want.path));
    if (difference === undefined) continue;
    throw new HoldfastError('HF_RESTORE_FAILED', {
      message: `${shownPath(root.hostPath, want.path)} did not come back as it was: its ${difference} differs`,
      kind: 'conflict',
      operation: 'files.restore',
      hint: 'something else changes this folder at the same time, or its file system cannot keep this; run again when it is quiet',
    });
  }
}

function differs(want: TreeEntry, have: TreeEntry | undefined, isNoted: boolean): string | undefined {
  if (have === undefined) return 'existence';
  for (const name of ['type', 'mode', 'uid', 'gid'] as const) {
    if (want[name] !== have[name]) return name;
  }
  if (want.type === 'f' && want.sizeBytes !== have.sizeBytes) return 'size';
  if ((want.type === 'c' || want.type === 'b') && (want.rdevMajor !== have.rdevMajor || want.rdevMinor !== have.rdevMinor)) return 'device number';
  if (!sameTime(want.mtime, have.mtime)) return 'time of modification';
  if (Buffer.compare(want.target, have.target) !== 0) return 'target';
  if (!isNoted && attributes(want.xattrs) !== attributes(have.xattrs)) return 'extended attributes';
  return undefined;
}

function sameTime(left: FileTime, right: FileTime): boolean {
  return left.seconds === right.seconds && left.nanoseconds === right.nanoseconds;
}

/** File systems list attributes in an order of their own. */
function attributes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list: string[] = [];
  for (let at = 0; at + 6 <= buffer.length; ) {
    const end = at + 6 + buffer.readUInt16LE(at) + buffer.readUInt32LE(at + 2);
    list.push(buffer.toString('latin1', at, end));
    at = end;
  }
  return list.sort().join('');
}
