import type { FilePlaces } from '../files/file-places.js';
import type { OpenFile } from '../files/tracked-root.js';
import type { ContainerImage } from '../oci/container-image.js';
import type { ContainerUsers } from '../oci/container-users.js';
import type { FreezerFiles } from './cgroup-files.js';
import type { DumpOptions, DumpResult, PreparedDump } from './dump.js';
import type { MemoryEnd } from './keeper.js';
import type { JobProcess } from './job-processes.js';
import type { LostFile } from './lost-names.js';
import type { RecordedMount } from './recorded-mounts.js';

export type { ContainerOptions, RestoreContainerOptions } from './container-options.js';
export { restoreContainer } from './restore.js';
export { startContainer } from './start.js';

/**
 * How a job ended. Its init tells a signal as 128 + number; `signal` is set where the init itself was killed, where the
 * keeper was (the job is ended with it), and where a killed CRIU took the job along: such an end is not the job's own. One of the two is always set.
 */
export interface ExitStatus {
  readonly exitCode: number | undefined;
  readonly signal: number | undefined;
}

/** What a later container needs to know of this one, beside its images. */
export interface ContainerRecorded {
  readonly version: 1;
  readonly initName: string;
}

/** The same of a container that Docker made: what a new one must have for its processes to find themselves. */
export interface AdoptedRecorded {
  readonly version: 1;
  readonly kind: 'oci';
  /** Where file systems are mounted in it, sorted. */
  readonly mountpoints: readonly string[];
  /** How its users are numbered on the machine. */
  readonly users?: ContainerUsers;
  /** Where Docker has told. */
  readonly image?: ContainerImage | undefined;
}

export interface JobDump extends DumpResult {
  /** `recordLostNames` writes what a restore needs of them, when the job runs again. */
  readonly lostFiles: readonly LostFile[];
}

export interface PreparedJobDump extends PreparedDump {
  run(processes: readonly JobProcess[]): Promise<JobDump>;
}

/** A container whose job runs. */
export interface RunningContainer {
  readonly id: string;
  /** As this machine numbers it. */
  readonly initPid: number;
  readonly recordedMounts: readonly RecordedMount[];
  readonly recorded: ContainerRecorded | AdoptedRecorded;
  /** Of a container with a file system of its own; without, the job sees the machine's files at their place. */
  readonly places?: FilePlaces | undefined;
  /** Of such a container: places with a file system in memory of its own, which goes along with a dump. */
  readonly inMemory?: readonly string[] | undefined;
  /** What the job sees otherwise than without Holdfast: mounts that were left out, sources that were missing. */
  readonly notes: readonly string[];
  /** Where its processes are stopped and continued. */
  readonly freezerFiles: FreezerFiles;
  /** Resolves when the job has ended and its last output was passed on. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Of one that was resumed lazily: how the rest of its memory came. Never rejects. */
  readonly whole?: Promise<MemoryEnd>;

  /**
   * Stops every process of the job.
   *
   * - Resolves when all stand still; a repeat is harmless.
   * - Rejects with HF_FREEZE_FAILED, the job running, where one does not stop in time.
   * - A job that stays frozen for longer than `longestFreezeMs`, or whose Holdfast dies, is thawed by its keeper.
   */
  freeze(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** Rejects with HF_SNAPSHOT_DISCARDED where a process may have run since `freeze`. */
  assertFrozen(): Promise<void>;
  /** Resolves when every process runs again; harmless where they run, or have ended. `again`: it is frozen once more for the same dump. */
  thaw(options?: { readonly again?: boolean }): Promise<void>;

  /** Every process of the job, as this machine numbers them; of a running job those at about that time. */
  processes(): Promise<readonly number[]>;
  /** Memory that a dump would hold, about; an upper bound but for what is shared. `withoutMemory`: one that leaves memory out. */
  memoryBytes(options?: { readonly withoutMemory?: boolean }): Promise<number>;
  /** Every regular file that the job can write to. Exact while it is frozen; of a running job what was open at about that time. `pids`: its processes, where they are known. */
  openFiles(pids?: readonly number[]): Promise<readonly OpenFile[]>;

  /** Starts CRIU up to the point where it would look at the job, which runs on: the freeze is the shorter for it. */
  prepareDump(options: DumpOptions): Promise<PreparedJobDump>;

  /** Input that the job has really read; exact while it is frozen. `ended`: it was told the end of its input. */
  stdin(): Promise<{ readonly consumedBytes: number; readonly ended: boolean }>;
  /** Resolves when all that the job had written at the time of the call was passed on to the user's streams (or cannot be any more). */
  drain(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** Sends the job's init a signal, which passes it on to the command. Harmless when the job has ended. */
  signal(number: number): Promise<void>;
  /** Kills every process, frozen or not. Resolves when none is left and the last output was passed on, or 5 s later where nobody reads it. */
  kill(): Promise<void>;
  /** Of a container that somebody else started: `exited` does not resolve any more, and it runs on without this process. */
  leave?(): void;
  /** Kills what still runs and removes what the container has left on this machine, its run folder excepted. A repeat is harmless. */
  dispose(): Promise<void>;
}
