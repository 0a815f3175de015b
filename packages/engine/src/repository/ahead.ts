import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A repository's process that somebody will want soon. */
export interface RepositoryAhead {
  /** Whoever gets it has it alone. Undefined where somebody has it, or where it has ended. */
  take(): ChildProcess | undefined;
}

/**
 * Starts the process that does all repository I/O while the caller still loads the rest of the engine: both take a core for a while. To be imported as
 * `@holdfast/engine/ahead`, which loads nothing else. One that nobody takes does nothing and ends with this process.
 */
export function repositoryAhead(): RepositoryAhead {
  let child: ChildProcess | undefined = forkRepository();
  // Whoever takes none starts one, and is told then why that fails.
  child.on('error', () => undefined);
  return {
    take: () => {
      const taken = child;
      child = undefined;
      // The channel of one that was killed is closed a moment after.
      return taken?.connected === true && taken.exitCode === null && taken.signalCode === null ? taken : undefined;
    },
  };
}

export function forkRepository(): ChildProcess {
  // A session of its own: a Ctrl-C in the terminal is the engine's to handle, not this process's.
  const child = fork(fileURLToPath(new URL('./process-main.js', import.meta.url)), [], {
    serialization: 'advanced',
    detached: true,
    execArgv: [],
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  // Neither the child nor its channel keeps the engine's process alive.
  child.unref();
  child.channel?.unref();
  (child.stderr as (NodeJS.ReadableStream & { unref?: () => void }) | null)?.unref?.();
  return child;
}
