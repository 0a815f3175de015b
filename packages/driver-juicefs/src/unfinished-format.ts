import { HoldfastError } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';
import { metadataLocation } from './metadata-url.js';

/** Whether an object may be left by a format that was killed, and is none of a volume's data: its mark, and what the client tries a bucket with. Pure. */
export function isOfUnfinishedFormat(volume: string, key: string): boolean {
  return key === `${volume}/juicefs_uuid` || key.startsWith(`${volume}/testing/`);
}

/** Throws HF_PROVISION_CONFLICT where one of the bucket's objects is of a volume that the metadata engine does not know. `wasBegun`: what a format left is ours. Pure. */
export function assertNoForeignObjects(config: JuicefsConfig, keys: readonly string[], wasBegun: boolean, operation: string): void {
  const foreign = keys.find((key) => !wasBegun || !isOfUnfinishedFormat(config.name, key));
  if (foreign === undefined) return;
  throw new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `The bucket '${config.bucket.name}' holds '${foreign}' of another volume '${config.name}', which ${metadataLocation(config.metadata)} does not know`,
    operation,
    hint: "Correct 'metadata.url' if that volume is the one you mean; else choose another name",
  });
}
