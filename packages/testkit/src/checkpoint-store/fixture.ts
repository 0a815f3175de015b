import type { CheckpointStore, EpochHolder } from '@holdfast/core';
import { type ContractCase, contractCase } from '../contract/index.js';

/** An empty repository of one case's own. */
export interface CheckpointStoreFixture extends AsyncDisposable {
  /** Opens another store on it, as another process would; the first makes the repository. */
  readonly open: () => Promise<CheckpointStore>;
  /** An empty directory for the case's own files, outside the repository. */
  readonly scratch: string;
}

/** A case on one store, with another on the same repository. */
export function storeCase(
  promise: string,
  run: (store: CheckpointStore, elsewhere: CheckpointStore, scratch: string) => Promise<void>,
): ContractCase<CheckpointStoreFixture> {
  return contractCase(promise, async (fixture) => {
    await using store = await fixture.open();
    await using elsewhere = await fixture.open();
    await run(store, elsewhere, fixture.scratch);
  });
}

export function holder(attempt: string): EpochHolder {
  return { attempt, host: 'host-1', pid: 4242 };
}

export const newest = { kind: 'newest' } as const;
export const fresh = { kind: 'fresh' } as const;
