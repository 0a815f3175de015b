import { spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallOptions, HoldfastError, runAbandonable } from '@holdfast/core';
import { juicefsAccess } from '../credentials.js';
import { juicefsFailure } from '../errors.js';
import { mountArguments } from '../mount-command.js';
import { type JuicefsProgram, juicefsPath } from '../run-juicefs.js';
import { throwIfAborted } from '../provision.js';
import { lookAtMount, type MountState } from './look-at-mount.js';
import { recentComplaints } from './mount-log.js';
import { unmountLazily } from './unmount.js';

const operation = 'storage.attach';
const pauseMs = 50;

export type MountedVolume = Extract<MountState, { state: 'volume' }>;

/**
 * Starts the client and waits until its volume can be used. The client is nobody's child: it outlives this process, with the parent that JuiceFS
 * itself gives it, which starts it anew should it die. Rejects with what its log says where it ends, or is late; nothing stays mounted then.
 */
export async function startMount(program: JuicefsProgram, options: CallOptions = {}): Promise<MountedVolume> {
  const { config } = program;
  const { mount, name } = config;
  throwIfAborted(options.signal, operation, name);
  const { env, argumentsOf } = await juicefsAccess(config, program.sources, options);
  await mkdir(mount.path, { recursive: true, mode: 0o700 });
  await mkdir(dirname(mount.logFile), { recursive: true, mode: 0o750 });
  await using log = await open(mount.logFile, 'a', 0o600);
  const logFrom = (await log.stat()).size;
  const client = spawn(juicefsPath(program), argumentsOf(mountArguments(config)), {
    cwd: '/',
    env,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const end: { how?: number | string } = {};
  client.once('error', (error) => (end.how = error.message));
  client.once('exit', (code, signal) => (end.how = code ?? signal ?? 'unknown'));
  client.unref();
  const deadline = performance.now() + mount.readyTimeoutMs;
  for (;;) {
    const seen = await lookAtMount(mount.path, 3000, options);
    if (seen.state === 'volume') return seen;
    const said = await recentComplaints(mount.logFile, logFrom);
    if (end.how !== undefined) {
      const exitCode = typeof end.how === 'number' ? end.how : undefined;
      if (exitCode === undefined && client.pid === undefined) throw notStarted(juicefsPath(program), String(end.how));
      throw juicefsFailure({ command: 'mount', exitCode, complaints: said, operation, config });
    }
    if (performance.now() > deadline || options.signal?.aborted === true) {
      if (client.pid !== undefined) await endGroup(client.pid);
      await unmountLazily(mount.path);
      throwIfAborted(options.signal, operation, name);
      throw late(config.name, mount.path, mount.readyTimeoutMs, said.at(-1));
    }
    await sleep(pauseMs);
  }
}

/** The client and its parent are one group. */
async function endGroup(pid: number): Promise<void> {
  await runAbandonable({ command: '/bin/kill', args: ['-KILL', '--', `-${pid}`], timeoutMs: 2000 });
}

function notStarted(path: string, why: string): HoldfastError {
  return new HoldfastError('HF_REQUIREMENT', {
    kind: 'missing-requirement',
    message: `The juicefs program '${path}' does not start: ${why}`,
    operation,
    hint: "Install JuiceFS 1.4 (docs/juicefs.md says how), or give its path as 'program' or in HOLDFAST_JUICEFS",
  });
}

function late(name: string, path: string, timeoutMs: number, last: string | undefined): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    retry: 'yes',
    message: `The volume '${name}' was not mounted at '${path}' within ${timeoutMs / 1000} s${last === undefined ? '' : `; its log said last: ${last}`}`,
    operation,
    context: { volume: name, path },
    hint: "Look whether the metadata engine and the bucket can be reached; 'mount.readyTimeout' allows more time",
  });
}
