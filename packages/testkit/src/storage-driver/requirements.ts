import type { ContractCase } from '../contract/index.js';
import type { StorageDriverFixture } from './fixture.js';

type Run = (fixture: StorageDriverFixture) => Promise<void>;

/** A case about the making of storage; what a driver without it does is another case's. */
export function needsProvision(promise: string, run: Run): ContractCase<StorageDriverFixture> {
  return when(promise, ({ driver }) => driver.capabilities.provision, 'the driver declares that it does not provision', run);
}

export function needsDestroy(promise: string, run: Run): ContractCase<StorageDriverFixture> {
  return when(promise, ({ driver }) => driver.capabilities.destroy, 'the driver declares that it does not destroy', run);
}

export function needsLasting(promise: string, run: Run): ContractCase<StorageDriverFixture> {
  return when(promise, ({ driver }) => driver.capabilities.lastingAttach, 'the driver declares that no attachment outlives its process', run);
}

export function needsSpoil(
  promise: string,
  run: (fixture: StorageDriverFixture, spoil: () => Promise<void>) => Promise<void>,
): ContractCase<StorageDriverFixture> {
  return {
    promise,
    run: async (fixture) => {
      if (fixture.spoil === undefined) return { notApplicable: 'the fixture cannot spoil this storage' };
      await run(fixture, fixture.spoil);
      return undefined;
    },
  };
}

function when(
  promise: string,
  applies: (fixture: StorageDriverFixture) => boolean,
  notApplicable: string,
  run: Run,
): ContractCase<StorageDriverFixture> {
  return {
    promise,
    run: async (fixture) => {
      if (!applies(fixture)) return { notApplicable };
      await run(fixture);
      return undefined;
    },
  };
}
