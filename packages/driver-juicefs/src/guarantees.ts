import type { StorageGuarantees } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';

/** What a mounted volume promises. Pure. */
export function guaranteesOf({ format, mount }: JuicefsConfig): StorageGuarantees {
  return Object.freeze({
    scope: 'shared',
    // Never half of one and half of another; but whoever has the replaced file open on another machine reads ENOENT from then on.
    atomicRename: false,
    // Without writeback, close and fsync return after the objects are in the bucket and the metadata is committed.
    durableFsync: !mount.writeback,
    compresses: format.compression !== 'none',
    preferredWriteSizeBytes: format.blockSizeBytes,
  });
}
