import { execFile } from 'node:child_process';
import type { CallOptions } from '../storage/storage-driver.js';
import { passwordFailure, type PasswordPurpose } from './purpose.js';

const deadlineMs = 20_000;
const mostBytes = 64 * 1024;

/** Runs the program that prints the password, and gives what it printed; what it printed is part of no error. */
export async function runPasswordCommand(
  [program, ...words]: readonly [string, ...string[]],
  purpose: PasswordPurpose,
  { signal }: CallOptions = {},
): Promise<string> {
  const how = { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: mostBytes, ...(signal === undefined ? {} : { signal }) } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(program, words, { ...how, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else {
        const why = `its command ${program} ${reason(error)}${said(stderr)}`;
        reject(passwordFailure(purpose, why, "Run it by hand as this user; see 'passwordCommand'"));
      }
    });
    child.stdin?.end();
  });
}

/** Not the error itself: it repeats the command line, and holds the output. */
function reason(error: Error): string {
  if ('killed' in error && error.killed === true) return `did not end within ${deadlineMs / 1000} s`;
  if ('code' in error && typeof error.code === 'number') return `ended with status ${error.code}`;
  return 'code' in error && typeof error.code === 'string' ? `failed with ${error.code}` : 'failed';
}

function said(stderr: string): string {
  const [first = ''] = stderr.trim().split('\n');
  return first === '' ? '' : `: ${first.slice(0, 200)}`;
}
