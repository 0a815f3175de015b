import type { CallOptions, VerifyReport } from '@holdfast/core';
import type { StoreContext } from '../repository/store-context.js';

export function verifyRepository(_context: StoreContext, _jobs: readonly string[], _options?: CallOptions): Promise<VerifyReport> {
  return Promise.resolve({ ok: true, snapshots: 0, blocks: 0, bytes: 0, problems: [] });
}
