import { spawn } from 'node:child_process';

export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How a process ended as far as its caller waited for it. `abandoned`: it was killed and may still hang in the kernel. */
export type ProcessOutcome =
  | { readonly kind: 'exited'; readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'abandoned'; readonly why: 'timeout' | 'aborted' }
  | { readonly kind: 'not-started'; readonly cause: Error };

const mostOutputLength = 64 * 1024;

/**
 * Runs a process and never waits for it longer than `timeoutMs`.
 *
 * A process that touches a hung mount sleeps where not even SIGKILL reaches it, and so would a thread of this one: the pool has four.
 * Hence a process of its own, and one that is left behind, not waited for, once it is late. It leads a group: what it started is killed with it.
 */
export function runAbandonable(request: ProcessRequest): Promise<ProcessOutcome> {
  const { command, args, timeoutMs, signal } = request;
  if (signal?.aborted === true) return Promise.resolve({ kind: 'abandoned', why: 'aborted' });
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', env: {}, detached: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout = (stdout + chunk).slice(0, mostOutputLength);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(0, mostOutputLength);
    });
    const finish = (outcome: ProcessOutcome): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    const abandon = (why: 'timeout' | 'aborted'): void => {
      killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      finish({ kind: 'abandoned', why });
    };
    const onAbort = (): void => abandon('aborted');
    const timer = setTimeout(abandon, timeoutMs, 'timeout');
    signal?.addEventListener('abort', onAbort, { once: true });
    child.once('error', (cause) => finish({ kind: 'not-started', cause }));
    child.once('close', (exitCode) => finish({ kind: 'exited', exitCode, stdout, stderr }));
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
