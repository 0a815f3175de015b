import type { CheckpointMetadata, CheckpointRef, CheckpointSummary } from '@holdfast/core';
import type { SnapshotName } from '../files/names.js';
import type { ObjectMap } from './page-map.js';

/** What a manifest says of itself: the head of the file. */
export interface ManifestSummary extends SnapshotName {
  readonly repositoryId: string;
  readonly job: string;
  readonly parent: number | undefined;
  readonly createdAt: string;
  readonly logicalBytes: number;
  readonly storedBytes: number;
  /** As in the epoch's file, so that a damaged one can be done without. */
  readonly from: SnapshotName | undefined;
  readonly firstNumber: number;
}

export interface PackHint {
  readonly job: string;
  readonly pack: string;
}

/** The blocks that a snapshot needs: ids, and for each where it was when the manifest was written. */
export interface BlockTable {
  readonly length: number;
  /** 16 bytes each. */
  readonly ids: Buffer;
  readonly packOf: Uint32Array;
  readonly packs: readonly PackHint[];
  /** Pairs of ordinals, flat: a delta and a block that it needs. */
  readonly bases: readonly number[];
}

export interface ManifestBody {
  readonly metadata: CheckpointMetadata;
  readonly blocks: BlockTable;
  readonly objects: readonly ObjectMap[];
}

export interface Manifest extends ManifestBody {
  readonly summary: ManifestSummary;
  /** The digest at the end of the file. */
  readonly digest: Buffer;
}

export function toCheckpointSummary(summary: ManifestSummary, eligible: boolean): CheckpointSummary {
  const { job, number, epoch, attempt, parent, createdAt, logicalBytes, storedBytes } = summary;
  return { job, number, epoch, attempt, createdAt, logicalBytes, storedBytes, parent, eligible };
}

export function toRef(job: string, { number, epoch, attempt }: SnapshotName): CheckpointRef {
  return { job, number, epoch, attempt };
}

export function blockId(table: BlockTable, ordinal: number): string {
  return table.ids.toString('hex', ordinal * 16, ordinal * 16 + 16);
}
