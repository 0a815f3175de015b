import { type LayerOptions, layerDriver } from '@holdfast/core';
import { type ContractCase, defineContract } from '../contract/index.js';
import { abortCases } from './abort-cases.js';
import { attachCases } from './attach-cases.js';
import { attachmentCases } from './attachment-cases.js';
import { descriptionCases } from './description-cases.js';
import { destroyCases } from './destroy-cases.js';
import type { StorageDriverFixture } from './fixture.js';
import { layerCases } from './layer-cases.js';
import { lastingCases } from './lasting-cases.js';
import { provisionCases } from './provision-cases.js';
import { sessionCases } from './session-cases.js';
import { sharedCases } from './shared-cases.js';

/** What every driver promises by itself. Each case reads the driver's capabilities: what it declares not to do is tried to be refused. */
export const storageDriverCases: readonly ContractCase<StorageDriverFixture>[] = [
  ...descriptionCases,
  ...provisionCases,
  ...attachCases,
  ...attachmentCases,
  ...sessionCases,
  ...lastingCases,
  ...sharedCases,
  ...destroyCases,
  ...abortCases,
];

/** What a driver in its layers promises: all of the contract. */
export const layeredStorageDriverCases: readonly ContractCase<StorageDriverFixture>[] = [...storageDriverCases, ...layerCases];

export interface StorageDriverContract {
  /** For the tests' names: `local`. */
  readonly name: string;
  /** Makes a storage for one case. */
  readonly create: () => Promise<StorageDriverFixture>;
}

/** The contract suite of StorageDriver as vitest tests: the driver bare, and in its layers. */
export function storageDriverContract({ name, create }: StorageDriverContract): void {
  defineContract(`${name}, bare`, storageDriverCases, create);
  defineContract(`${name}, layered`, layeredStorageDriverCases, async () => layered(await create()));
}

/** Quick retries: a suite does not wait for storage to get better. */
const layerOptions: LayerOptions = { retry: { retries: 1, minDelayMs: 1 } };

/** The same fixture with its drivers in their layers. */
export function layered(fixture: StorageDriverFixture): StorageDriverFixture {
  const { driver, elsewhere } = fixture;
  return {
    ...fixture,
    driver: layerDriver(driver, layerOptions),
    ...(elsewhere === undefined ? {} : { elsewhere: layerDriver(elsewhere, layerOptions) }),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}
