import type { ObjectKind } from '@holdfast/core';

/** Pages whose numbers share all but their lowest four bits. */
export const windowPages = 16;
export const zeroBlock = -1;
export const keyLimitBytes = 4_200;

/** Consecutive pages that lie in one block under consecutive indexes, or that are all zero; in columns. */
export interface Segments {
  readonly length: number;
  readonly counts: Uint32Array;
  /** Ordinal in the manifest's block table, or zeroBlock. */
  readonly blocks: Int32Array;
  /** Index of the first page in its block. */
  readonly indexes: Uint8Array;
}

/** Where every page of an object is; in columns, since there are many. */
export interface ObjectMap {
  readonly key: string;
  readonly kind: ObjectKind;
  readonly sizeBytes: number;
  readonly runFirst: Float64Array;
  readonly runCount: Float64Array;
  readonly pageCount: number;
  readonly segments: Segments;
  /** Keyed hashes of the windows that have a page that is not zero, in order. */
  readonly windowHashes: Buffer;
}
