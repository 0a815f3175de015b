import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalTree, stopTree } from './process-tree.js';
import { serverEnvironment, unprivileged } from './unprivileged.js';

export interface ServerProcess {
  /** Until it answers `ready` without a rejection. Rejects with the end of the log where the server ends first, or the time is up. */
  untilReady(ready: () => Promise<unknown>, timeoutMs: number): Promise<void>;
  /** In order, by the signal that the server takes for that; by SIGKILL where it is still there after ten seconds. */
  stop(signal: NodeJS.Signals): Promise<void>;
  kill(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** Starts a server's program in a folder, its output appended to a log there. It dies when this process does. */
export async function startProcess(
  command: readonly string[],
  folder: string,
  logFile: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const [program, ...parameters] = unprivileged(command);
  const log = await open(logFile, 'a', 0o600);
  const child = spawn(program, parameters, { cwd: folder, env: { ...serverEnvironment, ...environment }, stdio: ['ignore', log.fd, log.fd] });
  try {
    await once(child, 'spawn');
  } finally {
    await log.close();
  }
  const pid = child.pid ?? Number.NaN;

  const kill = async (): Promise<void> => {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    signalTree(pid, 'SIGKILL');
    await ended;
  };
  return {
    kill,
    async untilReady(ready, timeoutMs) {
      const end = performance.now() + timeoutMs;
      let reason = '';
      while (!hasEnded(child) && performance.now() < end) {
        try {
          await ready();
          return;
        } catch (error) {
          reason = String(error);
        }
        await sleep(50);
      }
      const fate = hasEnded(child) ? `ended (${child.exitCode ?? child.signalCode})` : `did not answer within ${timeoutMs} ms: ${reason}`;
      await kill();
      throw new Error(`${command[0]} ${fate}\n${await lastOf(logFile)}`);
    },
    async stop(signal) {
      if (hasEnded(child)) return;
      const ended = once(child, 'exit');
      signalTree(pid, 'SIGCONT');
      child.kill(signal);
      const late = new AbortController();
      const timeUp = sleep(10_000, undefined, { signal: late.signal }).then(kill, () => undefined);
      await ended;
      late.abort();
      await timeUp;
    },
    pause: () => stopTree(pid),
    resume: () => Promise.resolve(signalTree(pid, 'SIGCONT')),
  };
}

/** The end of a log, for messages and for people. */
export async function lastOf(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-25).join('\n');
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
