import type { CallOptions, Logger } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core/basics';
import type { KeyChange } from '@holdfast/store';
import { defaultDeadlines } from './deadlines.js';
import { RepositoryProcess } from './repository-process.js';

/** `changeUserKey` in a process of its own, which is left where the storage hangs. */
export async function changeRepositoryKey(change: KeyChange, logger: Logger, { signal }: CallOptions = {}): Promise<boolean> {
  const process = new RepositoryProcess(defaultDeadlines, logger);
  try {
    return await process.call('changeKey', [change], { signal });
  } finally {
    process.abandon(new HoldfastError('HF_ABORTED', { message: 'the key is changed', kind: 'aborted', operation: 'repository' }));
  }
}
