import { equal } from 'node:assert/strict';
import type { AttachedStorage, StorageDriver } from '@holdfast/core';

/** A storage that the suite may do everything to. Each case gets one of its own. */
export interface StorageDriverFixture extends AsyncDisposable {
  /** Of storage that is absent; where `capabilities.provision` is false, of storage that is ready and empty. */
  readonly driver: StorageDriver;
  /** A driver of the same storage as another machine would have it, with a mount point of its own. Default: `driver`. */
  readonly elsewhere?: StorageDriver;
  /** Makes the ready storage impossible to write, and its health bad. Absent where that cannot be brought about. */
  readonly spoil?: () => Promise<void>;
  /** Makes the attached storage hang on every access until the result is disposed of. */
  readonly hang?: () => Promise<AsyncDisposable>;
  /** Words that are in the driver's configuration and must not be in anything it says. */
  readonly secrets?: readonly string[];
}

/** The driver with its storage ready. */
export async function ready({ driver }: StorageDriverFixture): Promise<StorageDriver> {
  if (driver.capabilities.provision) await driver.provision();
  equal((await driver.inspect()).state, 'ready');
  return driver;
}

/** An attachment of ready storage. */
export async function attached(fixture: StorageDriverFixture): Promise<AttachedStorage> {
  return (await ready(fixture)).attach();
}

/** Two attachments of the same storage, on the two machines where the fixture has two. */
export async function attachedTwice(fixture: StorageDriverFixture): Promise<readonly [AttachedStorage, AttachedStorage]> {
  const driver = await ready(fixture);
  return [await driver.attach(), await (fixture.elsewhere ?? driver).attach()];
}
