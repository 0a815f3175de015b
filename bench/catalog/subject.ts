import type { MetadataStore } from '@holdfast/core';

/** A catalog that is measured, empty at first. */
export interface CatalogSubject extends AsyncDisposable {
  readonly kind: string;
  /** Whether each node opens a store of its own, with the pool that a node has by default; else all share one. */
  readonly storePerNode: boolean;
  open(): Promise<MetadataStore>;
  /** Open connections to the server; undefined where there is none. */
  connections(): Promise<number | undefined>;
  /** Puts jobs in of which each has so many snapshots, by the shortest way. */
  fill(jobs: number, snapshotsOfEach: number): Promise<void>;
}
