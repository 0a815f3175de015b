import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { VolumeMachine } from '@holdfast/testkit/juicefs';

/** Runs a command of Holdfast on a machine, and shows the line and what it says. Rejects where it fails. */
export async function holdfastSays(
  [program]: readonly [string],
  { configFile, stateDirectory, environment }: VolumeMachine,
  ...words: readonly string[]
): Promise<void> {
  console.log(`  $ holdfast ${words.join(' ')}`);
  const child = spawn(program, [...words, '--config', configFile, '--state-dir', stateDirectory], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(child, 'exit');
  console.log();
  if (child.exitCode !== 0) throw new Error(`holdfast ${words.join(' ')} ended with status ${child.exitCode}`);
}
