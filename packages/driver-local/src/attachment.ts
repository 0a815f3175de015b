import {
  type AttachedStorage,
  type CallOptions,
  HoldfastError,
  isHoldfastError,
  probeDirectory,
  runAbandonable,
  type StorageHealth,
  type StorageStatus,
  type StorageUsage,
} from '@holdfast/core';
import { guaranteesOf } from './guarantees.js';

/** Longest time for writing back what the page cache of one machine holds. */
const flushTimeoutMs = 600_000;

/** `session` is left by `detach`. */
export function attachDirectory(path: string, fileSystemType: number, session: AsyncDisposable | undefined): AttachedStorage {
  const detach = async (options?: CallOptions): Promise<void> => {
    await flush(path, options);
    await session?.[Symbol.asyncDispose]();
  };
  return {
    root: path,
    guarantees: guaranteesOf(fileSystemType),
    health: (options) => health(path, options),
    usage: (options) => usage(path, options),
    flush: (options) => flush(path, options),
    detach,
    [Symbol.asyncDispose]: () => detach(),
  };
}

/** Undefined where there is no such directory. */
export async function lookAt(path: string, options?: CallOptions): Promise<Pick<StorageStatus, 'health' | 'usage'> | undefined> {
  const startedAt = performance.now();
  try {
    const { latencyMs, totalBytes, freeBytes } = await probeDirectory({
      path,
      mode: 'write',
      operation: 'storage.health',
      signal: options?.signal,
    });
    return { health: { ok: true, latencyMs, reason: undefined }, usage: { totalBytes, freeBytes } };
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    if (error.kind === 'not-found') return undefined;
    return { health: { ok: false, latencyMs: performance.now() - startedAt, reason: error.message }, usage: undefined };
  }
}

async function health(path: string, options?: CallOptions): Promise<StorageHealth> {
  const seen = await lookAt(path, options);
  return seen?.health ?? { ok: false, latencyMs: 0, reason: `The storage directory '${path}' is not there` };
}

async function usage(path: string, options?: CallOptions): Promise<StorageUsage> {
  const { totalBytes, freeBytes } = await probeDirectory({ path, mode: 'look', operation: 'storage.usage', signal: options?.signal });
  return { totalBytes, freeBytes };
}

/** Writes back the whole file system (syncfs): the driver does not know which files were written. */
async function flush(path: string, options?: CallOptions): Promise<void> {
  const operation = 'storage.flush';
  const outcome = await runAbandonable({ command: '/bin/sync', args: ['-f', '--', path], timeoutMs: flushTimeoutMs, signal: options?.signal });
  const rest = { operation, context: { path } };
  if (outcome.kind === 'exited' && outcome.exitCode === 0) return;
  if (outcome.kind === 'exited') {
    throw new HoldfastError('HF_STORAGE_IO', {
      kind: 'unavailable',
      message: `The storage directory '${path}' was not flushed: ${outcome.stderr.trim()}`,
      ...rest,
    });
  }
  if (outcome.kind === 'not-started') {
    throw new HoldfastError('HF_REQUIREMENT', {
      kind: 'missing-requirement',
      message: '/bin/sync does not start',
      hint: 'Install coreutils',
      cause: outcome.cause,
      ...rest,
    });
  }
  if (outcome.why === 'aborted') throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `The flush of '${path}' was aborted`, ...rest });
  throw new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    retry: 'yes',
    message: `The storage directory '${path}' was not flushed within ${flushTimeoutMs / 1000} s`,
    hint: 'Look whether the server or client behind the mount still runs',
    ...rest,
  });
}
