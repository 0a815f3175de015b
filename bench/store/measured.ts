import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from './contestant.ts';

export interface Cost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

export interface Measured extends Cost {
  readonly stdout: string;
}

export interface MeasureOptions {
  /** The compiled measure.c. */
  readonly program: string;
  readonly scratch: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What must be durable before the clock stops. */
  readonly sync: string | undefined;
}

const deadlineMs = 30 * 60_000;

/** Runs the command as fresh processes. Rejects with the command's own words where it fails. */
export async function measured({ script, cwd }: Command, { program, scratch, environment, sync }: MeasureOptions): Promise<Measured> {
  const result = join(scratch, 'cost');
  // bash, for pipefail: a tar that fails must not look like a small archive. --norc: with a pipe as its input bash takes itself for a remote login.
  const line = [result, sync ?? '-', 'bash', '--norc', '-euo', 'pipefail', '-c', script];
  const options = { cwd, env: { ...process.env, ...environment }, timeout: deadlineMs, maxBuffer: 1 << 24 };
  const { stdout, stderr } = await promisify(execFile)(program, line, options);
  const [status = Number.NaN, wallNs = 0, cpuNs = 0, peakBytes = 0] = (await readFile(result, 'utf8')).trim().split(' ').map(Number);
  if (status !== 0) throw new Error(`${script} ended with status ${status}: ${stderr.slice(-2000)}`);
  return { wallSeconds: wallNs / 1e9, cpuSeconds: cpuNs / 1e9, peakBytes, stdout };
}

/** Takes a folder's files out of the page cache. */
export async function forget(program: string, folder: string): Promise<void> {
  await promisify(execFile)(program, ['--forget', folder], { timeout: deadlineMs });
}
