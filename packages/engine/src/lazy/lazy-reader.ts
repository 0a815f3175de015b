import type { CallOptions, CheckpointReader, PageRun } from '@holdfast/core';
import type { WantedChunk } from './chunk-queue.js';

/** Whose pages a pager wants. */
export interface PageService {
  /** Where its sockets are. */
  readonly folder: string;
  /** Each process, as the job numbers it, with the key of its memory. */
  readonly processes: readonly { readonly pid: number; readonly key: string }[];
  /** What earlier resumes touched first, in that order. */
  readonly first: readonly WantedChunk[];
}

export interface ServedPages {
  /** What the job waited for in its first seconds, in that order. */
  readonly touched: readonly WantedChunk[];
}

export interface ServeOptions extends CallOptions {
  /** Called at least every few seconds while the storage answers: bytes sent, and bytes that were missing when the pager was connected. */
  readonly onProgress?: ((sentBytes: number, missingBytes: number) => void) | undefined;
}

/** A reader that can bring memory to a job that runs already. */
export interface LazyReader extends CheckpointReader {
  /** Finds every block that the snapshot needs in its pack's index; reads none. Rejects with kind `corrupt`. */
  assertPresent(options?: CallOptions): Promise<void>;
  writePages(key: string, runs: readonly PageRun[], path: string, options?: CallOptions): Promise<void>;
  /**
   * Connects to the pager and sends it what it lacks, each page verified, those that somebody waits for first. Resolves once nothing is missing.
   *
   * - Rejects with kind `corrupt` where a page is damaged, with the storage's error where that does not answer, and with HF_MEMORY_LOST where the pager is gone.
   * - Another call goes on where this one ended, whyever it did.
   */
  servePages(service: PageService, options?: ServeOptions): Promise<ServedPages>;
}

export function isLazyReader(reader: CheckpointReader): reader is LazyReader {
  return 'servePages' in reader && 'writePages' in reader;
}
