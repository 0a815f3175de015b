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

/** Runs a command of Holdfast to its end. Rejects with its words where it fails. */
export async function holdfastOn({ configFile, stateDirectory, environment }: BenchMachine, ...words: readonly string[]): Promise<void> {
  await promisify(execFile)(holdfast[0], [...words, '--config', configFile, '--state-dir', stateDirectory], {
    env: { ...process.env, ...environment },
    timeout: 300_000,
  });
}
