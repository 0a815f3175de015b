import type { CallOptions, CheckpointMetadata, CheckpointObject, CheckpointSummary, ObjectLayout, PageRun, WriteOptions } from '@holdfast/core';
import type { LazyReader, PageService, ServedPages, ServeOptions } from '../lazy/lazy-reader.js';
import type { OpenedReader } from './protocol.js';
import type { RepositoryProcess } from './repository-process.js';

/** A reader that lives in the repository's process. */
export class RemoteReader implements LazyReader {
  readonly summary: CheckpointSummary;
  readonly metadata: CheckpointMetadata;
  readonly objects: readonly CheckpointObject[];
  readonly #process: RepositoryProcess;
  readonly #handle: number;
  readonly #sizes: ReadonlyMap<string, number>;

  constructor(process: RepositoryProcess, { handle, summary, metadata, objects }: OpenedReader) {
    this.#process = process;
    this.#handle = handle;
    this.summary = summary;
    this.metadata = metadata;
    this.objects = objects;
    this.#sizes = new Map(objects.map(({ key, sizeBytes }) => [key, sizeBytes]));
  }

  read(key: string, options: CallOptions = {}): Promise<Uint8Array> {
    return this.#process.call('read', [this.#handle, key], { ...options, bytes: this.#size(key) });
  }

  write(key: string, path: string, layout: ObjectLayout, { signal, onProgress }: WriteOptions = {}): Promise<void> {
    const options = { signal, bytes: this.#size(key), onProgress: (bytes = 0) => onProgress?.(bytes) };
    return this.#process.call('write', [this.#handle, key, path, layout], options);
  }

  assertPresent(options: CallOptions = {}): Promise<void> {
    return this.#process.call('assertPresent', [this.#handle], options);
  }

  writePages(key: string, runs: readonly PageRun[], path: string, options: CallOptions = {}): Promise<void> {
    return this.#process.call('writePages', [this.#handle, key, runs, path], { ...options, bytes: this.#size(key) });
  }

  servePages(service: PageService, { signal, onProgress }: ServeOptions = {}): Promise<ServedPages> {
    return this.#process.call('servePages', [this.#handle, service], { signal, onProgress: (sent = 0, missing = 0) => onProgress?.(sent, missing) });
  }

  matches(key: string, path: string | Uint8Array, options: CallOptions = {}): Promise<boolean> {
    return this.#process.call('matches', [this.#handle, key, path], { ...options, bytes: this.#size(key) });
  }

  verify({ signal, onProgress }: Parameters<LazyReader['verify']>[0] = {}): Promise<void> {
    return this.#process.call('verifyCheckpoint', [this.#handle], { signal, onProgress: (bytes = 0, total = 0) => onProgress?.(bytes, total) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#process.failed) await this.#process.call('closeReader', [this.#handle]).catch(() => undefined);
  }

  #size(key: string): number {
    return this.#sizes.get(key) ?? 0;
  }
}
