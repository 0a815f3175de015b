import type { CallOptions, CheckpointReader, ObjectInput } from '@holdfast/core';

/** Where a snapshot's memory comes from: images that were staged, or a copy of the job that stands still. */
export interface MemorySource {
  /** Every address space, shared segment and further image of one dump; the same keys in each snapshot of a job, what another one is like before it. */
  objects(): Promise<readonly ObjectInput[]>;
}

export interface SinkOptions extends CallOptions {
  /** Called now and then with how many bytes of memory are written. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** Where a snapshot's memory goes to: images rebuilt on disk, or a server of pages. */
export interface MemorySink {
  write(reader: CheckpointReader, options?: SinkOptions): Promise<void>;
}
