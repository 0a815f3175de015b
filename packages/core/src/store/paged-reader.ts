import type { CallOptions } from '../storage/storage-driver.js';
import type { CheckpointReader } from './checkpoint-store.js';
import type { PageRun } from './objects.js';

/** The most pages of a chunk. */
export const chunkPages = 256;

/** Pages that lie one after the other in a filled buffer. */
export interface FilledRun extends PageRun {
  /** In the buffer, in bytes; undefined where all of them are zero, and nothing was written. */
  readonly offset: number | undefined;
}

/** Some pages of an object, to be read once. */
export interface PageChunk {
  /** Begins to read and decode what the chunk needs. False where enough is decoded ahead already: `fill` does it then. */
  ahead(): boolean;
  /** Writes the pages into `target`, which has room for `chunkPages`, and tells where they are, in ascending order. Every byte of them was verified. Rejects as `read` does. */
  fill(target: Buffer): Promise<readonly FilledRun[]>;
  /** Lets go of what was decoded ahead; after `fill` too. Repeats are harmless. */
  end(): Promise<void>;
}

/** Reads memory in any order, for a job that runs already. */
export interface PagedReader extends CheckpointReader {
  /**
   * The pages of an object among the `pageCount`, at most `chunkPages`, from `firstPage` on; both are multiples of 16. Pages that the object does not have are
   * left out. Throws with kind `not-found` where there is no such object.
   */
  chunk(key: string, firstPage: number, pageCount: number): PageChunk;

  /** Finds every block that the snapshot needs by the indexes of the packs; reads none. Rejects with kind `corrupt` for the first that is in none. */
  assertPresent(options?: CallOptions): Promise<void>;

  /** Writes these pages of an object, ascending, back to back into a new file, as `write` does. Rejects with kind `corrupt` where the object lacks one. */
  writePages(key: string, runs: readonly PageRun[], path: string, options?: CallOptions): Promise<void>;
}

export function isPagedReader(reader: CheckpointReader): reader is PagedReader {
  return 'chunk' in reader && 'writePages' in reader;
}
