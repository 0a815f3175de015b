/** The record stream of `holdfast-tree scan`, version 1; docs/files.md describes it. All numbers are little-endian. */
export const treeMagic = 'HFTREE01';
export const treeHeaderBytes = 40;

export const recordKind = { entry: 1, barrier: 2, unreadable: 3, end: 4 } as const;

/** Offsets from the start of a record; its first four bytes count what follows them. */
export const field = {
  bytes: 0,
  kind: 4,
  type: 5,
  flags: 6,
  mode: 8,
  uid: 12,
  gid: 16,
  nlink: 20,
  rdevMajor: 24,
  rdevMinor: 28,
  dev: 32,
  ino: 40,
  size: 48,
  blocks: 56,
  mtimeSec: 64,
  mtimeNsec: 72,
  ctimeNsec: 76,
  ctimeSec: 80,
  atimeSec: 88,
  atimeNsec: 96,
  pathBytes: 100,
  targetBytes: 104,
  xattrBytes: 108,
  extentCount: 112,
  error: 116,
  path: 120,
} as const;

export const extentBytes = 16;

export const entryFlag = { sparse: 1, directory: 2 } as const;

/** File systems without a backing store: a store through a shared mapping may move no time at all, so no time of theirs proves anything. */
export const memoryFileSystems: ReadonlySet<bigint> = new Set([0x01021994n, 0x858458f6n, 0x958458f6n]);
