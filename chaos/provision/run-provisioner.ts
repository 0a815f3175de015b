import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Order } from './order.ts';
import type { Ended } from './subject.ts';

const program = fileURLToPath(new URL('provisioner.ts', import.meta.url));

/** Runs one to its end, or kills it by SIGKILL when the signal says so. */
export async function runProvisioner(order: Order, environment: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Ended> {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  signal?.removeEventListener('abort', kill);
  return { ok: child.exitCode === 0, said: said.trim() };
}
