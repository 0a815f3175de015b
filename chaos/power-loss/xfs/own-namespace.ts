import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs this program again in a mount namespace of its own, which takes its mounts along when it ends, however it ends. */
export async function runInOwnNamespace(program: string, line: readonly string[]): Promise<number> {
  const child = spawn('unshare', ['--mount', '--propagation', 'private', process.execPath, program, ...line], { stdio: 'inherit' });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (code === null) throw new Error(`the campaign was ended by ${signal ?? 'an unknown signal'}`);
  return code;
}
