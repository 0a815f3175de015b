import type { CallOptions, MachineSessions } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';
import { flushVolume } from './flush.js';
import { lookAtMount } from './mount/look-at-mount.js';
import { withMountLock } from './mount/mount-lock.js';
import { unmountInOrder, unmountLazily } from './mount/unmount.js';

const goodbyeMs = 30_000;

/** Leaves a session, if any, and unmounts what nobody of this machine uses any more and nobody asked to keep; flushed before. */
export async function leaveMount(
  config: JuicefsConfig,
  sessions: MachineSessions,
  session: AsyncDisposable | undefined,
  options: CallOptions = {},
): Promise<void> {
  const { path, flushTimeoutMs } = config.mount;
  await withMountLock(path, flushTimeoutMs, options, async () => {
    await session?.[Symbol.asyncDispose]();
    if ((await sessions.isLasting()) || (await sessions.list()).length > 0) return;
    const seen = await lookAtMount(path, 3000);
    if (seen.state === 'dead') await unmountLazily(path);
    if (seen.state !== 'volume') return;
    await flushVolume(config, seen.cacheDirectories, options);
    await unmountInOrder(path, [seen.pid, ...(seen.parentPid === undefined || seen.parentPid <= 1 ? [] : [seen.parentPid])], goodbyeMs);
  });
}
