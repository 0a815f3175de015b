import type { TreeEntry } from '../../src/files/tree-entry.js';
import { field, recordKind, treeHeaderBytes, treeMagic } from '../../src/files/tree-format.js';
import { entry } from './entry.js';

function record(kind: number, type: string, fields: TreeEntry, flags = 0): Buffer {
  const path = Buffer.from(fields.path, 'latin1');
  const target = Buffer.from(fields.target);
  const fixed = Buffer.alloc(field.path);
  fixed.writeUInt32LE(field.path - 4 + path.length + target.length, field.bytes);
  fixed.writeUInt8(kind, field.kind);
  fixed.write(type, field.type, 'latin1');
  fixed.writeUInt16LE(flags, field.flags);
  for (const name of ['mode', 'uid', 'gid', 'nlink', 'rdevMajor', 'rdevMinor'] as const) fixed.writeUInt32LE(fields[name], field[name]);
  fixed.writeBigUInt64LE(fields.dev, field.dev);
  fixed.writeBigUInt64LE(fields.ino, field.ino);
  fixed.writeBigUInt64LE(BigInt(fields.sizeBytes), field.size);
  fixed.writeUInt32LE(path.length, field.pathBytes);
  fixed.writeUInt32LE(target.length, field.targetBytes);
  return Buffer.concat([fixed, path, target]);
}

/** A record stream as `holdfast-tree scan` would write it, of whatever entries are given, in their order. */
export function stream(...entries: readonly Partial<TreeEntry>[]): Buffer {
  const records = [...entries.map((fields) => record(recordKind.entry, fields.type ?? 'f', entry(fields))), record(recordKind.end, '\0', entry({}))];
  const header = Buffer.alloc(treeHeaderBytes);
  header.write(treeMagic, 'latin1');
  header.writeBigUInt64LE(BigInt(entries.length), 32);
  return Buffer.concat([header, ...records]);
}
