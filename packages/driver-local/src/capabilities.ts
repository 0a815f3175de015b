import type { StorageCapabilities } from '@holdfast/core';

export const localCapabilities: StorageCapabilities = Object.freeze({
  provision: true,
  destroy: true,
  bootFragment: true,
  // The directory is this machine's. One on a shared mount works, but nothing here makes that mount.
  multiAttach: false,
  lastingAttach: true,
  usage: true,
});
