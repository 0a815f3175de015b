import { type CallOptions, HoldfastError, type MachineSessions } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';
import { flushVolume } from './flush.js';
import { lookAtMount } from './mount/look-at-mount.js';
import { withMountLock } from './mount/mount-lock.js';
import { removeMountPoint } from './mount/mount-point.js';
import { endUnfinishedClient } from './mount/starting-client.js';
import { clientsOf, unmountInOrder, unmountLazily } from './mount/unmount.js';

const goodbyeMs = 30_000;

/**
 * Leaves a session, if any, and unmounts what nobody of this machine uses any more and nobody asked to keep; flushed before. Rejects with
 * HF_STORAGE_TIMEOUT where the mount does not answer: the session stays then.
 */
export async function leaveMount(
  config: JuicefsConfig,
  sessions: MachineSessions,
  session: AsyncDisposable | undefined,
  options: CallOptions = {},
): Promise<void> {
  const { path, flushTimeoutMs } = config.mount;
  await withMountLock(path, flushTimeoutMs, options, async () => {
    const seen = await lookAtMount(path, 3000, options);
    if (seen.state === 'hung') throw hung(config, seen.reason);
    await session?.[Symbol.asyncDispose]();
    if ((await sessions.isLasting()) || (await sessions.list()).length > 0) return;
    if (seen.state === 'dead') await unmountLazily(path);
    if (seen.state === 'dead' || seen.state === 'none') await endUnfinishedClient(path).then(() => removeMountPoint(path));
    if (seen.state !== 'volume') return;
    await flushVolume(config, seen.cacheDirectories, options);
    await unmountInOrder(path, clientsOf(seen), goodbyeMs);
  });
}

function hung({ name, mount }: JuicefsConfig, reason: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    retry: 'yes',
    message: `The volume '${name}', mounted at '${mount.path}', does not answer, and was not detached: ${reason}`,
    operation: 'storage.detach',
    context: { volume: name, path: mount.path },
    hint: `Look at ${mount.logFile}, and whether the bucket and the metadata engine answer; then detach again`,
  });
}
