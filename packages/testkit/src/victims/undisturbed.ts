import { spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOutputs } from './outputs.js';
import type { PreparedVictim, PrepareOptions, Victim } from './victim.js';

export interface Undisturbed {
  readonly prepared: PreparedVictim;
  readonly digests: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** Runs a victim without Holdfast and without interruption, in a directory of its own. Rejects where it fails or takes longer than `deadlineMs`. */
export async function runUndisturbed(
  victim: Victim,
  directory: string,
  options: PrepareOptions & { readonly deadlineMs: number },
): Promise<Undisturbed> {
  await mkdir(directory, { recursive: true });
  const prepared = await victim.prepare(directory, options);
  const startedAt = performance.now();
  await runPlainly(prepared.command, directory, options.deadlineMs);
  return { prepared, seconds: (performance.now() - startedAt) / 1000, digests: await digestOutputs(directory, prepared.outputs) };
}

async function runPlainly(command: readonly [string, ...string[]], directory: string, deadlineMs: number): Promise<void> {
  const [program, ...parameters] = command;
  await using printed = await open(join(directory, '.printed'), 'w');
  const child = spawn(program, parameters, { cwd: directory, stdio: ['ignore', printed.fd, printed.fd], detached: true });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('error', reject);
  child.once('exit', (status, signal) => resolve(signal ?? `status ${status}`));
  const deadline = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, deadlineMs);
  try {
    const end = await promise;
    if (end !== 'status 0') throw new Error(`${command.join(' ')} ended with ${end} although nothing disturbed it`);
  } finally {
    clearTimeout(deadline);
  }
}
