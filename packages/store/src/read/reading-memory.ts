import { pageSizeBytes } from '@holdfast/core/basics';
import { blockBytes } from '../pack/block.js';
import { BoundedPool } from '../workers/bounded-pool.js';
import { StoredSpace } from '../workers/stored-space.js';
import { PageSpaces } from './page-spaces.js';
import { batchPages } from './plan-object.js';

/** A delta has up to 64 bases of 1 MiB, which are needed again where their own pages are. */
const decodedLimitBytes = 96 * blockBytes;
/** Blocks being read while each thread works on one. */
const readsAhead = 4;
/** Batches being filled and written, of all objects together. */
const batchLimit = 8;

/**
 * The memory that reading takes. A reader has its own; who opens many, one after the other, gives them one for all: memory that threads share is given back
 * late once it is no longer used.
 */
export class ReadingMemory {
  readonly decodedLimitBytes: number = decodedLimitBytes;
  readonly spaces: PageSpaces = new PageSpaces(decodedLimitBytes);
  readonly storedLimit: number;
  readonly stored: BoundedPool<StoredSpace>;
  /** Of `batchPages` each. */
  readonly batches: BoundedPool<Buffer> = new BoundedPool<Buffer>(batchLimit, () => Buffer.allocUnsafeSlow(batchPages * pageSizeBytes));

  /** `width`: how many blocks are worked on at once. */
  constructor(width: number) {
    this.storedLimit = width + readsAhead;
    this.stored = new BoundedPool(this.storedLimit, () => new StoredSpace());
  }
}
