import type { StorageDriver } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';
import { realMountPath } from './mount/real-mount-path.js';

/**
 * A driver whose mount is where `mount.path` leads to when it is called, through symbolic links or not: however it is written, it is one place with one
 * lock and one list of sessions.
 */
export function atRealPath(config: JuicefsConfig, make: (config: JuicefsConfig) => StorageDriver): StorageDriver {
  const written = make(config);
  const there = async (): Promise<StorageDriver> => {
    const path = await realMountPath(config.mount.path);
    return path === config.mount.path ? written : make({ ...config, mount: { ...config.mount, path } });
  };
  return {
    ...written,
    attach: async (options) => (await there()).attach(options),
    detachLasting: async (options) => (await there()).detachLasting(options),
    status: async (options) => (await there()).status(options),
    destroy: async (options) => (await there()).destroy(options),
  };
}
