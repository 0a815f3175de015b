import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallOptions, HoldfastError } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';
import { lookAtMount, type MountState, readFromMount } from './mount/look-at-mount.js';
import { metric } from './mount/metrics.js';
import { syncOpenFiles } from './mount/sync-open-files.js';
import { throwIfAborted } from './provision.js';

const operation = 'storage.flush';
const pauseMs = 100;
const answerMs = 3000;

/**
 * Waits until nothing written before is on this machine alone: files that are open are synced, and no bytes are staged in any cache directory.
 * Rejects with HF_STORAGE_TIMEOUT and the bytes left at the deadline, also where the client has not answered by then. The client's own `umount --flush` looks at no directory where there are two.
 */
export async function flushVolume(config: JuicefsConfig, cacheDirectories: readonly string[], options: CallOptions = {}): Promise<void> {
  const { mount, name } = config;
  const deadline = performance.now() + mount.flushTimeoutMs;
  throwIfAborted(options.signal, operation, name);
  // A closed file is in the bucket: the client's close waits for that, unless it stages.
  if (!mount.readOnly) await syncOpenFiles(config, mount.flushTimeoutMs, options);
  for (;;) {
    throwIfAborted(options.signal, operation, name);
    const leftBytes = await stagedBytes(mount.path, cacheDirectories, options);
    throwIfAborted(options.signal, operation, name);
    if (leftBytes === 0) return;
    if (performance.now() > deadline) throw late(config, leftBytes);
    await sleep(pauseMs);
  }
}

/** What the files in the cache directories say counts, and what the client says; undefined where one that is there does not answer. */
async function stagedBytes(path: string, cacheDirectories: readonly string[], options: CallOptions): Promise<number | undefined> {
  const [stats, ...staged] = await Promise.all([readFromMount(path, '.stats', answerMs, options), ...cacheDirectories.map(stagedIn)]);
  const inFiles = staged.reduce((sum, bytes) => sum + bytes, 0);
  return bytesLeft(inFiles, stats, stats === undefined ? (await lookAtMount(path, answerMs, options)).state : 'volume');
}

/** A client that is gone has nothing more to say than the files; one that does not answer may have bytes in its memory. Pure. */
export function bytesLeft(inFiles: number, stats: string | undefined, state: MountState['state']): number | undefined {
  if (stats !== undefined) return Math.max(inFiles, metric(stats, 'juicefs_staging_block_bytes') ?? 0);
  return state === 'volume' || state === 'hung' ? undefined : inFiles;
}

/** Bytes of blocks below a cache directory that are not in the bucket yet. */
async function stagedIn(cacheDirectory: string): Promise<number> {
  try {
    const entries = await readdir(join(cacheDirectory, 'rawstaging'), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const sizes = await Promise.all(files.map((file) => sizeOf(join(file.parentPath, file.name))));
    // An empty file is one that is being written.
    return sizes.reduce((sum, bytes) => sum + Math.max(1, bytes), 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

function late({ name, mount }: JuicefsConfig, leftBytes: number | undefined): HoldfastError {
  const left = leftBytes === undefined ? 'its client does not answer' : `${leftBytes} bytes are on this machine only`;
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    retry: 'yes',
    message: `After ${mount.flushTimeoutMs / 1000} s the volume '${name}' has not everything in its bucket: ${left}`,
    operation,
    context: { volume: name, ...(leftBytes === undefined ? {} : { leftBytes }) },
    hint: `Look whether the bucket answers, and at ${mount.logFile}; nothing is removed, so repeat, or allow more by 'mount.flushTimeout'`,
  });
}
