import { execFile } from 'node:child_process';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** nobody: database servers refuse to be root, or should. */
const serverId = 65534;

/**
 * The command line that starts a server's program: as another user where this is root, and killed by the kernel when this process dies.
 * The one right that it keeps is to read, because the programs may lie in a home that is closed to others; `no_setuid_fixup` makes
 * access(2), by which PostgreSQL looks for its parts, see that right.
 */
export function unprivileged(command: readonly string[]): readonly [string, ...string[]] {
  const identity = isRoot() ? [`--reuid=${serverId}`, `--regid=${serverId}`, '--clear-groups', '--securebits=+no_setuid_fixup', ...keptRight] : [];
  return ['setpriv', ...identity, '--pdeathsig=KILL', '--', ...command];
}

const keptRight = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];

/** Runs a program of a server to its end, as the server's user, in a folder; returns its output. Rejects with its words. */
export async function runUnprivileged(command: readonly string[], folder: string, timeoutMs: number, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const [program, ...parameters] = unprivileged(command);
  const { stdout } = await run(program, parameters, {
    cwd: folder,
    maxBuffer: 1e7,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    env: { ...serverEnvironment, ...env },
  });
  return stdout;
}

/** PostgreSQL looks for GMT in no file, so it needs no time zone database. */
export const serverEnvironment: NodeJS.ProcessEnv = { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'GMT' };

/** A folder of the server's user alone. */
export async function serverFolder(path: string): Promise<string> {
  await mkdir(path, { mode: 0o700 });
  await ownByServer(path);
  return path;
}

/** A file that the server's user alone may read. */
export async function serverFile(path: string, content: string): Promise<string> {
  await writeFile(path, content, { mode: 0o600 });
  await ownByServer(path);
  return path;
}

async function ownByServer(path: string): Promise<void> {
  if (isRoot()) await chown(path, serverId, serverId);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
