import type { TreeEntry } from '../../src/files/tree-entry.js';

const none = { seconds: 0n, nanoseconds: 0 };

export function entry(fields: Partial<TreeEntry>): TreeEntry {
  return {
    path: '',
    type: 'f',
    mode: 0o644,
    uid: 0,
    gid: 0,
    nlink: 1,
    rdevMajor: 0,
    rdevMinor: 0,
    dev: 1n,
    ino: 1n,
    sizeBytes: 0,
    mtime: none,
    ctime: none,
    atime: none,
    target: new Uint8Array(),
    xattrs: new Uint8Array(),
    extents: undefined,
    ...fields,
  };
}
