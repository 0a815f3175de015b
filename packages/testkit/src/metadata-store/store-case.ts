import type { MetadataStore } from '@holdfast/core';
import { type ContractCase, contractCase } from '../contract/index.js';
import type { MetadataStoreFixture } from './fixture.js';

/** A case on one connection, or on two to the same database. */
export function storeCase(
  promise: string,
  run: (store: MetadataStore, elsewhere: MetadataStore) => Promise<void>,
): ContractCase<MetadataStoreFixture> {
  return contractCase(promise, async (fixture) => {
    await using store = await fixture.open();
    await using elsewhere = await fixture.open();
    await run(store, elsewhere);
  });
}
