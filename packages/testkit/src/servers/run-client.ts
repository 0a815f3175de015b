import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { serverProgram } from './programs.js';
import type { Recipe } from './recipe.js';
import type { ServerAccess } from './server.js';

/** Statements go by standard input and passwords by the environment: an argument is for all to see. */
export async function runClient(recipe: Recipe, statements: string, as: ServerAccess): Promise<string> {
  const { program, arguments: parameters, env } = recipe.client(as);
  const running = promisify(execFile)(serverProgram(program), parameters, {
    env: { ...process.env, ...env },
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  // A client that ends before it has read all says why on its standard error.
  running.child.stdin?.on('error', () => undefined).end(`${statements}\n`);
  const { stdout, stderr } = await running;
  if (recipe.failed?.(stdout, stderr) === true) throw new Error(`${program} ${parameters.join(' ')}: ${stderr}${stdout.trim()}`);
  return stdout.trimEnd();
}
