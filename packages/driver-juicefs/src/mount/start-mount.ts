import { spawn } from 'node:child_process';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallOptions, HoldfastError } from '@holdfast/core';
import { type JuicefsAccess, juicefsAccess } from '../credentials.js';
import { juicefsFailure } from '../errors.js';
import { mountArguments } from '../mount-command.js';
import { type JuicefsProgram, juicefsPath } from '../run-juicefs.js';
import { throwIfAborted } from '../provision.js';
import { lookAtMount, type MountState } from './look-at-mount.js';
import { recentComplaints } from './mount-log.js';
import { makeMountPoint } from './mount-point.js';
import { endClient, forgetStartingClient, noteStartingClient } from './starting-client.js';

const operation = 'storage.attach';
const pauseMs = 50;

export type MountedVolume = Extract<MountState, { state: 'volume' }>;

/**
 * Starts the client and waits until its volume can be used. The client is nobody's child: it outlives this process, with the parent that JuiceFS
 * itself gives it, which starts it anew should it die. Rejects with what its log says where it ends, or is late; nothing is left there then, no directory either.
 */
export async function startMount(program: JuicefsProgram, options: CallOptions = {}): Promise<MountedVolume> {
  const { config } = program;
  const { mount, name } = config;
  throwIfAborted(options.signal, operation, name);
  const access = await juicefsAccess(config, program.sources, 'mount', options);
  await mkdir(dirname(mount.logFile), { recursive: true, mode: 0o750 });
  await using log = await open(mount.logFile, 'a', 0o600);
  const logFrom = (await log.stat()).size;
  throwIfAborted(options.signal, operation, name);
  const mountPoint = await makeMountPoint(mount.path);
  let client: Client | undefined;
  try {
    client = startClient(program, access, log);
    const seen = await untilMounted(program, client, logFrom, options);
    await mountPoint.mounted();
    return seen;
  } catch (error) {
    if (client?.pid !== undefined) await endClient(mount.path, client.pid);
    await mountPoint.remove();
    throw error;
  } finally {
    await forgetStartingClient(mount.path);
  }
}

interface Client {
  readonly pid: number | undefined;
  /** How it ended; undefined while it runs. */
  readonly ended: () => number | string | undefined;
}

/** Waits for a line, and becomes the program: the end of whoever was to write it is the end of the wait. */
const onceTold = 'read -r told && exec "$@" </dev/null';

/**
 * Its process is noted before it is the client: a kill of this one at any point leaves none that nobody knows of. Throws where it cannot be noted, and leaves
 * none either.
 */
function startClient(program: JuicefsProgram, { env, argumentsOf }: JuicefsAccess, log: FileHandle): Client {
  const { mount } = program.config;
  const client = spawn('/bin/sh', ['-c', onceTold, 'sh', juicefsPath(program), ...argumentsOf(mountArguments(program.config))], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
  });
  let how: number | string | undefined;
  client.once('error', (error) => (how = error.message));
  client.once('exit', (code, signal) => (how = code ?? signal ?? 'unknown'));
  // It may have been ended by somebody.
  client.stdin?.on('error', () => undefined);
  client.unref();
  try {
    if (client.pid !== undefined) noteStartingClient(mount.path, client.pid);
  } catch (error) {
    client.stdin?.destroy();
    throw error;
  }
  client.stdin?.end('start\n');
  return { pid: client.pid, ended: () => how };
}

async function untilMounted(program: JuicefsProgram, client: Client, logFrom: number, options: CallOptions): Promise<MountedVolume> {
  const { config } = program;
  const { mount, name } = config;
  const deadline = performance.now() + mount.readyTimeoutMs;
  for (;;) {
    const seen = await lookAtMount(mount.path, 3000, options);
    throwIfAborted(options.signal, operation, name);
    if (seen.state === 'volume') return seen;
    const said = await recentComplaints(mount.logFile, logFrom);
    const how = client.ended();
    if (how !== undefined) {
      const exitCode = typeof how === 'number' ? how : undefined;
      if (client.pid === undefined || exitCode === 126 || exitCode === 127) throw notStarted(juicefsPath(program), startFailure(how));
      throw juicefsFailure({ command: 'mount', exitCode, complaints: said, operation, config });
    }
    if (performance.now() > deadline) throw late(name, mount.path, mount.readyTimeoutMs, said.at(-1));
    await sleep(pauseMs);
  }
}

/** As a shell tells it. */
function startFailure(how: number | string): string {
  return how === 127 ? 'it is not there' : how === 126 ? 'it may not be run' : String(how);
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
