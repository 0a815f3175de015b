import type { ObjectInput } from '@holdfast/core';
import type { CallName } from './protocol.js';

export interface RepositoryDeadlines {
  /** For a call that moves no data: listing, claiming, opening. */
  readonly callMs: number;
  /** The slowest rate at which data may move before the storage counts as hung. */
  readonly minimumBytesPerSecond: number;
}

export const defaultDeadlines: RepositoryDeadlines = { callMs: 60_000, minimumBytesPerSecond: 2 * 1024 * 1024 };

/** How long a call may take. Undefined for those that report progress and are bounded by `callMs` without any. */
export function deadlineMs(deadlines: RepositoryDeadlines, name: CallName, args: readonly unknown[], objectBytes: number): number {
  const bytes = name === 'put' ? (args[1] as ObjectInput).sizeBytes : objectBytes;
  return deadlines.callMs + (bytes / deadlines.minimumBytesPerSecond) * 1000;
}
