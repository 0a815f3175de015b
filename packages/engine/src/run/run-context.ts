import type { AttachedStorage, CheckpointStore, Clock, Epoch, Logger } from '@holdfast/core';
import type { RunningContainer } from '../container/running-container.js';
import type { EngineTools } from '../container/tools.js';
import type { TrackedRoot } from '../files/index.js';
import type { WantedChunk } from '../lazy/chunk-queue.js';
import type { RunEventBody } from './events.js';
import type { Covers } from '../cover/covers.js';
import type { Twins } from '../twin/twins.js';
import type { MemoryFeed } from './memory-feed.js';
import type { MachineDescription } from '../preflight/machine.js';
import type { StagingPlaces } from './staging.js';
import type { MemorySetting } from './types.js';

export interface EngineLimits {
  readonly dumpTimeoutMs: number;
  readonly restoreTimeoutMs: number;
  readonly stopGraceMs: number;
  readonly pagesTimeoutMs: number;
}

/** What every part of a running attempt works with. */
export interface RunContext {
  readonly job: string;
  readonly attempt: string;
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly store: CheckpointStore;
  readonly epoch: Epoch;
  /** Of the storage, where it can tell why it fails. */
  readonly watchTrouble: AttachedStorage['watchTrouble'];
  readonly container: RunningContainer;
  readonly roots: readonly TrackedRoot[];
  /** Absolute paths inside tracked roots that are Holdfast's own. */
  readonly exclude: readonly string[];
  readonly staging: StagingPlaces;
  /** Where a snapshot's memory is read from. */
  readonly memory: MemorySetting;
  readonly twins: Twins;
  /** Whether CRIU is spared the memory that is read from twins. */
  readonly covers: Covers;
  /** Whether twins stay until the next snapshot, so that only what changed is read for it. */
  readonly keepTwin: 'off' | 'auto';
  readonly tools: EngineTools;
  readonly limits: EngineLimits;
  readonly host: MachineDescription;
  /** What still brings the job its memory; no snapshot before that is through. */
  readonly feed?: MemoryFeed | undefined;
  /** What it touched first when it was resumed; by now. */
  readonly touched?: (() => readonly WantedChunk[]) | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted when the job ended or the run was killed: whatever is under way is given up. */
  readonly signal: AbortSignal;
  readonly emit: (event: RunEventBody) => void;
}
