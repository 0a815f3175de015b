import type { CheckpointMetadata, Epoch, EpochEnd, EpochHolder } from './checkpoint-store.js';

/** `started`: written when the attempt had begun its work. `over`: when it was done with it. */
export type NoteKind = 'started' | 'over';

/** Whose note it is. */
export type NotedEpoch = Pick<Epoch, 'job' | 'epoch' | 'attempt'>;

/** One epoch of a job as its files tell. */
export interface EpochHistory extends Epoch {
  readonly holder: EpochHolder;
  readonly claimedAt: string;
  readonly end: EpochEnd | undefined;
  /** What the attempt noted; undefined where it did not, or where the note cannot be read. */
  readonly started: CheckpointMetadata | undefined;
  readonly over: CheckpointMetadata | undefined;
}
