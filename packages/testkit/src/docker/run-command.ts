import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface CommandResult {
  /** 128 and the signal's number where one ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Written to its standard input, which then ends. */
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Runs a program to its end. Rejects where it cannot be started and, with what it said, where it takes longer than a minute or `timeoutMs`. */
export async function runCommand(command: readonly [string, ...string[]], options: CommandOptions = {}): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const timeoutMs = options.timeoutMs ?? 60_000;
  const child = spawn(command[0], command.slice(1), { env: options.environment, stdio: ['pipe', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  // A program that reads none of it may end before it is written.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    // Not when its streams end: a process that it left may hold them.
    reject(new Error(`${command.join(' ')} did not end within ${timeoutMs} ms\n${said.stdout}${said.stderr}`));
  }, timeoutMs);
  child.once('error', reject);
  child.once('close', (code, signal) => {
    clearTimeout(timer);
    resolve({ status: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), ...said });
  });
  return promise;
}
