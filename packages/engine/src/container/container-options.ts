import type { Clock, Logger } from '@holdfast/core';
import type { TrackedRoot } from '../files/tracked-root.js';
import type { TcpPolicy } from './criu-config.js';
import type { JobStreams } from './keeper.js';
import type { EngineTools } from './tools.js';

/** What a container needs, whether it is started or comes back. */
export interface ContainerOptions {
  readonly tools: EngineTools;
  /** Where runc keeps what it knows, below `runc`; the same for all attempts on this machine. */
  readonly stateDirectory: string;
  /** Of this attempt alone: the bundle and the keeper's notes lie in it. */
  readonly runDirectory: string;
  /** Unique on this machine. */
  readonly id: string;
  readonly command: readonly string[];
  /** The job's environment, whole: nothing is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly roots: readonly TrackedRoot[];
  /** Where the repository lies; what is mounted on it the job does not see. */
  readonly storageRoot?: string | undefined;
  readonly tcp: TcpPolicy;
  /** Standard: this process's own. */
  readonly streams?: JobStreams;
  readonly logger?: Logger | undefined;
  /** Told of what the job lacks because of this machine, and of what to do about it. */
  readonly warn?: (message: string, hint: string) => void;
  readonly clock?: Clock;
  /** Ends a start under way. Nothing of the container is left then. A container that runs does not look at it. */
  readonly signal?: AbortSignal | undefined;
  /** For runc to start or restore (30 s, 10 minutes). */
  readonly deadlineMs?: number;
  /** For the processes to stop or continue (10 s). */
  readonly freezeDeadlineMs?: number;
  /** A frozen job is thawed after this long whatever Holdfast does (30 minutes). */
  readonly longestFreezeMs?: number;
}

export interface RestoreContainerOptions extends ContainerOptions {
  /** CRIU's images, all of them. Not needed any more once the container runs. */
  readonly imagesDirectory: string;
  /** `recordedMounts` of the container that was dumped. */
  readonly recordedMounts: unknown;
  /** `recorded` of the container that was dumped. */
  readonly recorded: unknown;
  /** Where the images lack what comes later: what that is, as holdfast-pager reads it, and how long it may wait for a page. */
  readonly lazy?: { readonly ranges: string; readonly patienceMs: number } | undefined;
  /** Input that the job had consumed: the new input is skipped by as much. */
  readonly skipStdinBytes?: number;
}
