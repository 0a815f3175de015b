import type { CollectedMap } from './block-collector.js';

/** An object of the snapshot being written. */
export interface CollectedObject {
  readonly map: CollectedMap;
  /** Where the hashes of its pages lie in the file of page hashes. */
  readonly hashOffset: number;
}
