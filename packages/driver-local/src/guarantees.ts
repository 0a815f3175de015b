import type { StorageGuarantees } from '@holdfast/core';

// Numbers of statfs(2), linux/magic.h.
const volatile = new Set([0x01021994, 0x858458f6]); // tmpfs, ramfs
const shared = new Set([0x6969, 0x65735546, 0x0bd00bd0, 0x00c36400, 0xff534d42, 0xfe534d42]); // NFS, FUSE, Lustre, Ceph, CIFS, SMB2

/** What a directory on this kind of file system promises. Pure. */
export function guaranteesOf(fileSystemType: number): StorageGuarantees {
  const onNetwork = shared.has(fileSystemType);
  return Object.freeze({
    scope: onNetwork ? 'shared' : 'machine',
    atomicRename: true,
    durableFsync: !volatile.has(fileSystemType),
    compresses: false,
    preferredWriteSizeBytes: onNetwork ? 1024 * 1024 : 4 * 1024 * 1024,
  });
}
