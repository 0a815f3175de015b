import { userInfo } from 'node:os';
import {
  type AttachedStorage,
  type CallOptions,
  HoldfastError,
  isHoldfastError,
  type MachineSessions,
  type PlannedResource,
  probeDirectory,
  type StorageDriver,
  type StorageInspection,
  type StoragePlan,
  type StorageStatus,
  storageInUse,
  storageErrorFromCode,
} from '@holdfast/core';
import { attachDirectory, lookAt } from './attachment.js';
import { bootFragment } from './boot-fragment.js';
import { localCapabilities } from './capabilities.js';
import type { LocalConfig } from './config.js';
import { destroyDirectory } from './destroy.js';
import { assertUsable } from './errors.js';
import { provisionDirectory } from './provision.js';

/** A directory of this machine as storage. */
export function createLocalDriver({ path }: LocalConfig, sessions: MachineSessions): StorageDriver {
  const name = `local:${path}`;
  return {
    type: 'local',
    name,
    capabilities: localCapabilities,
    plan: (options) => plan(path, options),
    provision: (options) => provision(path, options),
    inspect: (options) => inspect(path, options),
    attach: (options) => attach(path, sessions, options),
    detachLasting: async (options) => {
      assertNotAborted('detachLasting', options);
      await sessions.setLasting(false);
    },
    status: (options) => status(path, sessions, options),
    destroy: async (options) => {
      const inUse = storageInUse(name, await status(path, sessions, options));
      if (inUse !== undefined) throw inUse;
      await destroyDirectory(path, options);
    },
    bootFragment: () => bootFragment(path),
  };
}

async function plan(path: string, options?: CallOptions): Promise<StoragePlan> {
  const missing = await isMissing(path, 'storage.plan', options);
  return { resources: [directory(path, missing ? 'create' : 'none')], upToDate: !missing };
}

async function provision(path: string, options: Parameters<StorageDriver['provision']>[0]): Promise<StorageInspection> {
  if (await isMissing(path, 'storage.provision', options)) {
    await provisionDirectory(path);
    options?.onProgress?.({ step: 'directory', message: `Made ${path}` });
  }
  return inspect(path, options);
}

async function inspect(path: string, options?: CallOptions): Promise<StorageInspection> {
  try {
    const facts = await probeDirectory({ path, mode: 'look', operation: 'storage.inspect', signal: options?.signal });
    assertUsable(path, facts, userInfo().uid, 'storage.inspect');
    return { state: 'ready', reason: undefined, resources: [directory(path, 'none')] };
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    if (error.kind === 'not-found') return { state: 'absent', reason: undefined, resources: [] };
    return { state: error.retry === 'yes' ? 'degraded' : 'failed', reason: error.message, resources: [directory(path, 'none')] };
  }
}

async function attach(path: string, sessions: MachineSessions, options?: CallOptions & { readonly lasting?: boolean }): Promise<AttachedStorage> {
  const operation = 'storage.attach';
  const facts = await probeDirectory({ path, mode: 'write', operation, signal: options?.signal });
  assertUsable(path, facts, userInfo().uid, operation);
  // The directory is there in any case: what cannot be noted of it, where /run is full or read-only, stops nobody.
  if (options?.lasting === true) await sessions.setLasting(true).catch(() => undefined);
  return attachDirectory(path, facts.fileSystemType, await sessions.enter().catch(() => undefined));
}

async function status(path: string, sessions: MachineSessions, options?: CallOptions): Promise<StorageStatus> {
  const seen = await lookAt(path, options);
  if (seen === undefined) return { root: undefined, lasting: false, sessions: [], health: undefined, usage: undefined };
  return { root: path, lasting: await sessions.isLasting(), sessions: await sessions.list(), ...seen };
}

function assertNotAborted(operation: string, options?: CallOptions): void {
  if (options?.signal?.aborted !== true) return;
  throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} was aborted before it began`, operation: `storage.${operation}` });
}

async function isMissing(path: string, operation: string, options?: CallOptions): Promise<boolean> {
  try {
    const { isDirectory } = await probeDirectory({ path, mode: 'look', operation, signal: options?.signal });
    if (isDirectory) return false;
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'not-found') return true;
    throw error;
  }
  throw storageErrorFromCode({ code: 'ENOTDIR', path, operation, message: 'not a directory' });
}

function directory(path: string, action: PlannedResource['action']): PlannedResource {
  return { kind: 'directory', name: path, action, detail: 'mode 0700, on this machine' };
}
