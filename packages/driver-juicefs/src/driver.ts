import { type CallOptions, type MachineSessions, type StorageDriver, storageInUse, type StorageStatus } from '@holdfast/core';
import { attachVolume } from './attachment.js';
import { bootFragment } from './boot-fragment.js';
import { juicefsCapabilities } from './capabilities.js';
import { destroyVolume } from './destroy.js';
import { volumeHealth, volumeUsage } from './health.js';
import { inspectVolume, planVolume } from './inspect.js';
import { leaveMount } from './leave-mount.js';
import { lookAtMount } from './mount/look-at-mount.js';
import { readMetrics } from './mount/metrics.js';
import { provisionVolume, throwIfAborted } from './provision.js';
import type { Setup } from './setup.js';

/** A JuiceFS volume as storage. `section` is the configuration as it was written. */
export function createJuicefsDriver(setup: Setup, sessions: MachineSessions, section: unknown): StorageDriver {
  const { config } = setup;
  const name = `juicefs:${config.name}`;
  return {
    type: 'juicefs',
    name,
    capabilities: juicefsCapabilities,
    plan: (options) => planVolume(setup, options),
    provision: async (options) => {
      await provisionVolume(setup, options);
      return inspectVolume(setup, options);
    },
    inspect: (options) => inspectVolume(setup, options),
    attach: (options) => attachVolume(setup, sessions, options),
    detachLasting: async (options) => {
      throwIfAborted(options?.signal, 'storage.detachLasting', config.name);
      await sessions.setLasting(false);
      await leaveMount(config, sessions, undefined, options);
    },
    status: (options) => status(setup, sessions, options),
    destroy: async (options) => {
      throwIfAborted(options?.signal, 'storage.destroy', config.name);
      const inUse = storageInUse(name, await status(setup, sessions, options));
      if (inUse !== undefined) throw inUse;
      await destroyVolume(setup, options);
    },
    bootFragment: () => bootFragment(config, section),
  };
}

/** Asks nobody but the mount: it answers also where the metadata engine does not. */
async function status({ config }: Setup, sessions: MachineSessions, options: CallOptions = {}): Promise<StorageStatus> {
  throwIfAborted(options.signal, 'storage.status', config.name);
  const [{ state }, lasting, list] = await Promise.all([lookAtMount(config.mount.path, 3000, options), sessions.isLasting(), sessions.list()]);
  // Who is attached stays attached where the mount is gone, or something else was mounted over it.
  if (state === 'none' || (state === 'other' && list.length === 0))
    return { root: undefined, lasting, sessions: list, health: undefined, usage: undefined };
  const [health, usage, metrics] = await Promise.all([
    volumeHealth(config, undefined, options),
    volumeUsage(config, options).catch(() => undefined),
    readMetrics(config.mount.path, options),
  ]);
  return { root: config.mount.path, lasting, sessions: list, health, usage, metrics };
}
