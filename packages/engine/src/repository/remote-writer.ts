import type {
  CallOptions,
  CheckpointMetadata,
  CheckpointRef,
  CheckpointWriter,
  CommitOptions,
  CommitResult,
  ObjectInput,
  ObjectResult,
  PutOptions,
} from '@holdfast/core';
import type { RepositoryProcess } from './repository-process.js';

/** A writer that lives in the repository's process. */
export class RemoteWriter implements CheckpointWriter {
  readonly ref: CheckpointRef;
  readonly #process: RepositoryProcess;
  readonly #handle: number;
  #bytes = 0;

  constructor(process: RepositoryProcess, handle: number, ref: CheckpointRef) {
    this.#process = process;
    this.#handle = handle;
    this.ref = ref;
  }

  put(object: ObjectInput, { signal, onProgress }: PutOptions = {}): Promise<ObjectResult> {
    this.#bytes += object.sizeBytes;
    return this.#process.call('put', [this.#handle, object], { signal, onProgress: (bytes = 0) => onProgress?.(bytes) });
  }

  keep(key: string, options: CallOptions = {}): Promise<void> {
    return this.#process.call('keep', [this.#handle, key], options);
  }

  drop(key: string): Promise<void> {
    return this.#process.call('drop', [this.#handle, key]);
  }

  commit(metadata: CheckpointMetadata, { signal, takenAt }: CommitOptions = {}): Promise<CommitResult> {
    return this.#process.call('commit', [this.#handle, metadata, takenAt], { signal, bytes: this.#bytes });
  }

  async abort(): Promise<void> {
    // With the process the writer is gone already: nothing of it can be chosen.
    if (!this.#process.failed) await this.#process.call('abortWriter', [this.#handle]).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#process.failed) await this.#process.call('closeWriter', [this.#handle]).catch(() => undefined);
  }
}
