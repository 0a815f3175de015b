import { spawn } from 'node:child_process';
import { type CallOptions, HoldfastError } from '@holdfast/core';
import { keyUnavailable } from './errors.js';

export interface KeyCommandLimits {
  readonly deadlineMs: number;
}

export const defaultKeyCommandLimits: KeyCommandLimits = { deadlineMs: 30_000 };

const outputLimitBytes = 4096;

/**
 * Runs the program that prints the key, with this process's environment and no input, and gives what it printed. Past the deadline, or aborted, it is
 * killed with all that it started. Rejects with HF_KEY_UNAVAILABLE, which has its standard error and never what it printed.
 */
export async function runKeyCommand(
  [program, ...words]: readonly [string, ...string[]],
  { deadlineMs }: KeyCommandLimits,
  { signal }: CallOptions = {},
): Promise<Uint8Array> {
  if (signal?.aborted === true) throw aborted(program);
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const [output, complaint] = [new LimitedBytes(), new LimitedBytes()];
  let stopped: HoldfastError | undefined;
  const stop = (why: HoldfastError): void => {
    stopped ??= why;
    // Its whole group: a shell's children would keep the pipes open.
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const onAbort = (): void => stop(aborted(program));
  const timer = setTimeout(() => stop(failed(program, `did not end within ${deadlineMs / 1000} s`, complaint.text())), deadlineMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  child.stdout.on('data', (chunk: Buffer) => {
    if (!output.add(chunk)) stop(failed(program, `printed more than ${outputLimitBytes} bytes`, complaint.text()));
  });
  child.stderr.on('data', (chunk: Buffer) => complaint.add(chunk));
  try {
    const status = await new Promise<string | undefined>((resolve, reject) => {
      child.on('error', (cause) => reject(failed(program, 'cannot be started', undefined, cause)));
      child.on('close', (code, killedBy) => resolve(code === 0 ? undefined : killedBy === null ? `status ${code}` : killedBy));
    });
    if (stopped !== undefined) throw stopped;
    if (status !== undefined) throw failed(program, `ended with ${status}`, complaint.text());
    return output.bytes();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** The beginning of a stream. */
class LimitedBytes {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  /** False where it does not fit any more. */
  add(chunk: Buffer): boolean {
    const room = outputLimitBytes - this.#length;
    this.#chunks.push(chunk.subarray(0, room));
    this.#length += Math.min(room, chunk.length);
    return chunk.length <= room;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  text(): string {
    return this.bytes().toString('utf8').trim();
  }
}

function failed(program: string, how: string, complaint: string | undefined, cause?: unknown): HoldfastError {
  const said = complaint === undefined || complaint === '' ? '' : `: ${complaint}`;
  return keyUnavailable(`The key's command ${program} ${how}${said}`, "Run it by hand as this user; see 'encryption.keyCommand'", cause);
}

function aborted(program: string): HoldfastError {
  return new HoldfastError('HF_ABORTED', { message: `the key's command ${program} was given up`, kind: 'aborted', operation: 'encryption.key' });
}
