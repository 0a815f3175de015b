import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { type Clock, HoldfastError } from '@holdfast/core';
import type { FreezerFiles } from './cgroup-files.js';

/**
 * Stops and continues every process of a control group, by its own files: `runc pause` does the same and takes 30 to 50 ms of
 * the freeze for it. Synchronous, so that a job that stands still waits neither for other work's turn nor for a thread that is free: those of Node's pool
 * may all wait for a disk or a network. These files are the kernel's own.
 */
export class Freezer {
  readonly files: FreezerFiles;
  readonly #clock: Clock;

  constructor(files: FreezerFiles, clock: Clock) {
    this.files = files;
    this.#clock = clock;
  }

  /** Resolves when every process stands still; rejects with HF_FREEZE_FAILED, thawed, where that takes longer than the deadline. */
  async freeze(deadlineMs: number, signal?: AbortSignal): Promise<void> {
    try {
      this.#write(this.files.frozen);
      await this.#await(true, deadlineMs, signal);
    } catch (error) {
      await this.thaw(deadlineMs).catch(() => undefined);
      throw error;
    }
  }

  /** Resolves when the group runs; at once where it ran, or is gone with the job. */
  async thaw(deadlineMs: number): Promise<void> {
    try {
      this.#write(this.files.thawed);
      await this.#await(false, deadlineMs);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** False where the group is gone. */
  isFrozen(): boolean {
    try {
      return this.#standsStill();
    } catch {
      return false;
    }
  }

  #standsStill(): boolean {
    return this.files.isFrozen.test(readFileSync(this.files.state, 'utf8'));
  }

  #write(text: string): void {
    // No truncation, no creation.
    const file = openSync(this.files.control, 'r+');
    try {
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
  }

  async #await(frozen: boolean, deadlineMs: number, signal?: AbortSignal): Promise<void> {
    const end = this.#clock.monotonicMs() + deadlineMs;
    for (let turn = 0; this.#standsStill() !== frozen; turn++) {
      if (signal?.aborted === true) throw new HoldfastError('HF_ABORTED', { message: 'freezing was aborted', kind: 'aborted', operation: 'freeze' });
      if (this.#clock.monotonicMs() >= end) throw tooSlow(this.files.folder, frozen, deadlineMs);
      // Most often the first look tells; a process in a long system call takes a while.
      await (turn > 4 ? delay(Math.min(turn, 20)) : nextTurn());
      // Version 1 looks at once only: a process that began to wait for its vfork meanwhile is taken for one that runs, until it is told again.
      if (frozen && turn % 8 === 7) this.#write(this.files.frozen);
    }
  }
}

function tooSlow(folder: string, frozen: boolean, deadlineMs: number): HoldfastError {
  return new HoldfastError('HF_FREEZE_FAILED', {
    message: `the job's processes did not ${frozen ? 'stop' : 'continue'} within ${deadlineMs} ms (${folder})`,
    kind: 'timeout',
    operation: 'freeze',
    context: { folder, deadlineMs },
    hint: 'a process that waits for a disk or a network file system cannot be stopped until that answers',
  });
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENODEV');
}
