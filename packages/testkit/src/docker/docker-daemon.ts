import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastOf } from '../servers/server-process.js';
import { runCommand } from './run-command.js';

/** dockerd with the containerd that it starts. Containers and their shims are neither's children. */
export interface DockerDaemon {
  /** SIGKILL to dockerd; containerd dies with it, containers do not. */
  kill(): Promise<void>;
  /** In order: it ends its containers first, unless its configuration says that they live on. */
  stop(): Promise<void>;
}

export interface DaemonPlace {
  readonly folder: string;
  readonly programs: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Before the program: what brings it into its network. */
  readonly prefix: readonly string[];
}

const startDeadlineMs = 60_000;

/** Resolves when the daemon answers. It dies when this process does. Rejects with the end of its log. */
export async function startDaemon({ folder, programs, environment, prefix }: DaemonPlace): Promise<DockerDaemon> {
  const logFile = join(folder, 'dockerd.log');
  const log = await open(logFile, 'a', 0o600);
  const command = ['setpriv', '--pdeathsig=KILL', '--', ...prefix, join(programs, 'dockerd'), '--config-file', join(folder, 'daemon.json')];
  const child = spawn('/usr/bin/env', command, { cwd: folder, env: environment, stdio: ['ignore', log.fd, log.fd] });
  try {
    await once(child, 'spawn');
  } finally {
    await log.close();
  }
  try {
    await untilAnswering(child, environment);
  } catch (error) {
    await end(child, 'SIGKILL');
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${await lastOf(logFile)}`, { cause: error });
  }
  return { kill: () => end(child, 'SIGKILL'), stop: () => end(child, 'SIGTERM') };
}

async function untilAnswering(child: ChildProcess, environment: NodeJS.ProcessEnv): Promise<void> {
  const deadline = performance.now() + startDeadlineMs;
  while (performance.now() < deadline) {
    if (hasEnded(child)) throw new Error(`dockerd ended (${child.exitCode ?? child.signalCode})`);
    const { status } = await runCommand(['docker', 'version'], { environment });
    if (status === 0) return;
    await sleep(100);
  }
  throw new Error(`dockerd did not answer within ${startDeadlineMs} ms`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
