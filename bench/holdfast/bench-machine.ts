import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** One machine that uses a storage; it may be lost. */
export interface BenchMachine {
  readonly configFile: string;
  readonly stateDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  lose(): Promise<unknown>;
}

export const holdfast: readonly [string] = [fileURLToPath(new URL('../../bin/holdfast', import.meta.url))];

/** Runs a command of Holdfast to its end. Rejects with its words where it fails. Without a `configFile` it is as on a machine that has none. */
export async function holdfastOn(
  machine: Omit<BenchMachine, 'lose' | 'configFile'> & { readonly configFile?: string },
  ...words: readonly string[]
): Promise<void> {
  const { configFile, stateDirectory, environment } = machine;
  const line = [...words, ...(configFile === undefined ? [] : ['--config', configFile]), '--state-dir', stateDirectory];
  await promisify(execFile)(holdfast[0], line, { env: { ...process.env, ...environment }, timeout: 300_000 });
}
