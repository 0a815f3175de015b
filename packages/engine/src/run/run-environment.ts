import type { AttachedStorage, CheckpointRef, CheckpointStore, Clock, Epoch, Lease, Logger, MetadataStore } from '@holdfast/core';
import type { JobStreams } from '../container/keeper.js';
import type { RunningContainer } from '../container/running-container.js';
import type { EngineTools } from '../container/tools.js';
import type { TrackedRoot } from '../files/index.js';
import type { ProcessIdentity } from '../container/process-identity.js';
import type { CatalogNotes, JournalPlace } from './catalog-notes.js';
import type { EventLog } from './event-log.js';
import type { RunEventBody } from './events.js';
import type { Restored } from './restore.js';
import type { EngineLimits } from './run-context.js';
import type { Turns } from './turns.js';
import type { ForkFrom, MemorySetting, RestorePolicy, ResumeMode, TcpPolicy } from './types.js';

/** A request with every default applied. */
export interface CompleteRequest {
  readonly job: string;
  readonly command: readonly [string, ...string[]];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly track: readonly string[];
  readonly intervalMs: number;
  readonly keep: number;
  readonly fresh: boolean;
  readonly from: ForkFrom | undefined;
  readonly here: boolean;
  readonly onRestoreFailure: RestorePolicy;
  readonly resume: ResumeMode;
  readonly tcp: TcpPolicy;
  readonly memory: MemorySetting;
  readonly keepTwin: 'off' | 'auto';
  readonly coverMemory: 'off' | 'auto';
  readonly labels: Readonly<Record<string, string>>;
  readonly streams: JobStreams;
}

export interface RunEnvironment {
  readonly store: CheckpointStore;
  readonly catalog: MetadataStore;
  readonly journal: JournalPlace;
  readonly stateDirectory: string;
  /** A tmpfs in which each attempt makes a folder for staging and its job's shared memory. */
  readonly memoryDirectory: string;
  /** Whether memory images may lie on the local disk, where they are not encrypted. */
  readonly plainDiskStaging: boolean;
  /** Absolute paths that are Holdfast's own, wherever they lie. */
  readonly exclude: readonly string[];
  /** Where the repository lies. */
  readonly storageRoot?: string | undefined;
  /** Of the storage, where it can tell why it fails. */
  readonly watchTrouble?: AttachedStorage['watchTrouble'] | undefined;
  readonly tools: EngineTools;
  readonly limits: EngineLimits;
  readonly leaseTtlMs: number;
  /** How long the files of a removed snapshot stay. */
  readonly graceMs: number;
  /** Of runs that share a machine: who takes a snapshot because its interval is over. Default: everybody at once. */
  readonly snapshotTurns?: Turns | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Started {
  readonly epoch: Epoch;
  readonly container: RunningContainer;
  readonly roots: readonly TrackedRoot[];
  readonly restored: Restored | undefined;
  /** The snapshot that the next one builds on where the job was not restored but goes on since then, under another attempt. */
  readonly continues?: CheckpointRef | undefined;
  /** Said once the job can be stopped. */
  readonly announcements: readonly RunEventBody[];
}

export interface ActiveRunOptions extends Started {
  readonly environment: RunEnvironment;
  readonly request: CompleteRequest;
  readonly attempt: string;
  readonly host: string;
  readonly identity: ProcessIdentity;
  readonly directory: string;
  readonly memoryDirectory: string;
  readonly lease: Lease | undefined;
  readonly signal: AbortSignal | undefined;
  readonly events: EventLog;
  readonly notes: CatalogNotes;
}
