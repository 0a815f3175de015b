import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Ended } from '../subject.ts';

const program = fileURLToPath(new URL('../../../packages/cli/lib/main.js', import.meta.url));

/** Runs the real command. Killed, it takes along what it started, as on a machine that is lost: all of its process group. */
export async function runHoldfast(words: readonly string[], environment: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...words], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal?.addEventListener('abort', kill, { once: true });
  const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  signal?.removeEventListener('abort', kill);
  const last = said.trim().split('\n').at(-1) ?? '';
  return { ok: child.exitCode === 0, said: last === '' && child.signalCode === null ? errors.trim() : last };
}
