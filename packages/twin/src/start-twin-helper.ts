import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { HoldfastError } from '@holdfast/core';
import { HelperProcess } from './helper-process.js';
import type { TwinHelper } from './types.js';

export interface TwinHelperOptions {
  /** Path of `holdfast-twin`. */
  readonly program: string;
  /** Ends the helper, and with it the twins. */
  readonly signal?: AbortSignal | undefined;
}

/** Starts a helper, which must be root's. Rejects with HF_NATIVE_MISSING where the program does not start or is of another version. */
export async function startTwinHelper({ program, signal }: TwinHelperOptions): Promise<TwinHelper> {
  signal?.throwIfAborted();
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(program, [], { stdio: ['pipe', 'pipe', 'ignore'], env: {} });
  const helper = new HelperProcess(child, createInterface({ input: child.stdout }));
  if (!(await helper.isReady)) {
    await helper[Symbol.asyncDispose]();
    throw new HoldfastError('HF_NATIVE_MISSING', {
      message: `${program} does not start, or is of another version than this program`,
      kind: 'missing-requirement',
      operation: 'twin.start',
      hint: 'script/bootstrap compiles the native helpers',
    });
  }
  const end = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', end, { once: true });
  void helper.gone.then(() => signal?.removeEventListener('abort', end));
  if (signal?.aborted === true) end();
  return helper;
}
