import type { PruneReport } from '@holdfast/core';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

export function pruneJob(_context: StoreContext, _paths: JobPaths, _policy: { readonly keep: number }, _signal?: AbortSignal): Promise<PruneReport> {
  return Promise.resolve({ removedSnapshots: [], removedFiles: 0, freedBytes: 0 });
}
