import type { CallOptions } from '@holdfast/core';
import { isProcessAlive, type ProcessIdentity, processIdentity } from '@holdfast/core/basics';
import type { JuicefsProgram } from '../run-juicefs.js';
import { ensureMount } from './ensure-mount.js';
import { withMountLock } from './mount-lock.js';
import type { MountedVolume } from './start-mount.js';
import { clientsOf } from './unmount.js';

const everyMs = 1000;
const longestPauseMs = 30_000;
const lockTimeoutMs = 60_000;

/**
 * Mounts a volume anew whose client died, as long as this process is attached.
 *
 * JuiceFS's own parent process starts a client that died anew, under the same mount. This is for where both are gone. A client that hangs is left
 * alone: it may be waiting for a bucket that comes back. The mount itself is not touched to see that: only the client's entry in /proc.
 */
export function superviseMount(program: JuicefsProgram, mounted: MountedVolume): Disposable {
  const ended = new AbortController();
  let processes = processesOf(mounted);
  let pauseMs = everyMs;
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    if (!processes.some(isProcessAlive)) {
      try {
        const options: CallOptions = { signal: ended.signal };
        const { path } = program.config.mount;
        processes = processesOf(await withMountLock(path, lockTimeoutMs, options, () => ensureMount(program, mounted.uuid, options)));
        pauseMs = everyMs;
      } catch {
        // Whoever uses the mount gets the error of the file system, and `health` says why.
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
    if (!ended.signal.aborted) again();
  };
  const again = (): void => {
    timer = setTimeout(() => void look(), pauseMs).unref();
  };
  again();
  return {
    [Symbol.dispose]: () => {
      ended.abort();
      clearTimeout(timer);
    },
  };
}

function processesOf(mounted: MountedVolume): readonly ProcessIdentity[] {
  return clientsOf(mounted)
    .map(processIdentity)
    .filter((one) => one !== undefined);
}
