import { type CallOptions, isHoldfastError, probeDirectory, type StorageHealth, type StorageUsage } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';
import { lookAtMount } from './mount/look-at-mount.js';
import { logSize, recentComplaints } from './mount/mount-log.js';

const answerMs = 3000;

/** Whether the volume answers: it is mounted, and takes a few bytes through to the bucket. Without `uuid` any volume will do. A reason names what its client complained of meanwhile. */
export async function volumeHealth(config: JuicefsConfig, uuid: string | undefined, options: CallOptions = {}): Promise<StorageHealth> {
  const { path, readOnly, logFile } = config.mount;
  const startedAt = performance.now();
  const logFrom = Math.max(0, (await logSize(logFile)) - 2048);
  const bad = async (reason: string): Promise<StorageHealth> => {
    const last = (await recentComplaints(logFile, logFrom)).at(-1);
    return { ok: false, latencyMs: performance.now() - startedAt, reason: last === undefined ? reason : `${reason}; its client said last: ${last}` };
  };
  try {
    const [seen, facts] = await Promise.all([
      lookAtMount(path, answerMs, options),
      probeDirectory({ path, mode: readOnly ? 'look' : 'write', operation: 'storage.health', signal: options.signal, timeoutMs: answerMs }),
    ]);
    if (seen.state === 'volume' && (uuid === undefined || seen.uuid === uuid)) return { ok: true, latencyMs: facts.latencyMs, reason: undefined };
    return await bad(`The volume '${config.name}' is not what is mounted at '${path}'`);
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    return bad(error.message);
  }
}

export async function volumeUsage({ mount }: JuicefsConfig, options: CallOptions = {}): Promise<StorageUsage> {
  const { totalBytes, freeBytes } = await probeDirectory({ path: mount.path, mode: 'look', operation: 'storage.usage', signal: options.signal });
  return { totalBytes, freeBytes };
}
