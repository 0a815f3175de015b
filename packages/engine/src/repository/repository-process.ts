import type { ChildProcess } from 'node:child_process';
import type { Logger } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core/basics';
import { isMountGone } from '@holdfast/store';
import { forkRepository } from './ahead.js';
import { deadlineMs, type RepositoryDeadlines } from './deadlines.js';
import type { CallName, RepositoryCalls, RequestMessage, ResponseMessage } from './protocol.js';
import { fromWireError } from './wire-error.js';

export interface RemoteCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that this call moves, beyond what its arguments tell; they lengthen its deadline. */
  readonly bytes?: number;
  readonly onProgress?: ((...values: readonly number[]) => void) | undefined;
}

interface Pending {
  readonly name: CallName;
  readonly settle: (error: HoldfastError | undefined, value?: unknown) => void;
  readonly rearm: () => void;
  readonly onProgress: ((...values: readonly number[]) => void) | undefined;
}

/** One child process and its open calls. Once it failed or was abandoned it stays so: every call rejects. */
export class RepositoryProcess {
  readonly #child: ChildProcess;
  readonly #deadlines: RepositoryDeadlines;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #failure: HoldfastError | undefined;

  /** `child` is this one's from here on. */
  constructor(deadlines: RepositoryDeadlines, logger: Logger, child: ChildProcess = forkRepository()) {
    this.#deadlines = deadlines;
    this.#child = child;
    this.#child.on('message', (message: ResponseMessage) => this.#receive(message));
    this.#child.on('error', (cause) => this.#fail(processLost('could not be started', cause)));
    this.#child.on('exit', (code, signal) => this.#fail(processLost(`ended with ${signal ?? `status ${code}`}`)));
    this.#child.stderr?.on('data', (chunk: Buffer) => logger.error({ output: chunk.toString().slice(0, 4096) }, 'repository process'));
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Rejects with HF_STORAGE_TIMEOUT when the deadline passes without progress; the process is then abandoned. */
  call<K extends CallName>(name: K, args: Parameters<RepositoryCalls[K]>, options: RemoteCallOptions = {}): ReturnType<RepositoryCalls[K]> {
    return this.#call(name, args, options) as ReturnType<RepositoryCalls[K]>;
  }

  /** Ends the process without waiting for it: on a hung mount it may take for ever to die. */
  abandon(reason: HoldfastError): void {
    this.#child.kill('SIGKILL');
    this.#fail(reason);
  }

  #call(name: CallName, args: readonly unknown[], { signal, bytes = 0, onProgress }: RemoteCallOptions): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (signal?.aborted === true) return Promise.reject(aborted(name));
    this.#lastId += 1;
    const id = this.#lastId;
    const limitMs = deadlineMs(this.#deadlines, name, args, bytes);
    return new Promise((resolve, reject) => {
      let timer = setTimeout(() => this.abandon(timedOut(name, limitMs)), limitMs);
      const rearm = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => this.abandon(timedOut(name, limitMs)), limitMs);
      };
      const cancel = (): void => this.#send({ type: 'cancel', id });
      const settle = (error: HoldfastError | undefined, value?: unknown): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        this.#pending.delete(id);
        if (error === undefined) resolve(value);
        else reject(error);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#pending.set(id, { name, settle, rearm, onProgress });
      this.#send({ type: 'call', id, name, args });
    });
  }

  #send(message: RequestMessage): void {
    if (!this.#child.connected) return;
    this.#child.send(message, (cause) => {
      if (cause !== null) this.#fail(processLost('does not take messages', cause));
    });
  }

  #receive(message: ResponseMessage): void {
    if (message.type === 'ready') return;
    const pending = this.#pending.get(message.id);
    if (message.type === 'progress') {
      pending?.rearm();
      pending?.onProgress?.(...message.values);
    } else if (message.type === 'result') pending?.settle(undefined, message.value);
    else {
      const error = fromWireError(message.error);
      pending?.settle(error);
      // What it has open there is lost, and keeps the dead mount from going away.
      if (isMountGone(error.context['system'])) this.abandon(error);
    }
  }

  #fail(failure: HoldfastError): void {
    this.#failure ??= failure;
    for (const pending of this.#pending.values()) pending.settle(this.#failure);
  }
}

function aborted(name: string): HoldfastError {
  return new HoldfastError('HF_ABORTED', { message: `${name} was aborted before it began`, kind: 'aborted', operation: `repository.${name}` });
}

function timedOut(name: string, limitMs: number): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    message: `the storage did not answer within ${Math.round(limitMs / 1000)} s`,
    kind: 'timeout',
    retry: 'yes',
    operation: `repository.${name}`,
    hint: 'look at the mount of the storage; Holdfast goes on by itself when it answers again',
  });
}

function processLost(what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_STORAGE_IO', {
    message: `the process that writes the repository ${what}`,
    kind: 'unavailable',
    operation: 'repository',
    hint: 'the next snapshot starts a new one; look at the kernel log if this repeats',
    ...(cause === undefined ? {} : { cause }),
  });
}
