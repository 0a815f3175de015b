import type { StorageCapabilities } from '@holdfast/core';

export const juicefsCapabilities: StorageCapabilities = Object.freeze({
  provision: true,
  destroy: true,
  bootFragment: true,
  multiAttach: true,
  lastingAttach: true,
  usage: true,
});
