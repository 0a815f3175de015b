import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, HoldfastError } from '@holdfast/core';
import type { FilePlaces } from '../../files/file-places.js';
import type { OpenFile, TrackedRoot } from '../../files/tracked-root.js';
import type { FreezerFiles } from '../cgroup-files.js';
import { criuConfigText, pageSocketOf, type TcpPolicy } from '../criu-config.js';
import { cannotEnd, didNotStandStill } from '../container-errors.js';
import { type DumpOptions, prepareDump } from '../dump.js';
import { endProcesses } from '../end-processes.js';
import { faultOfDisturbed } from '../fault-end.js';
import type { Freezer } from '../freezer.js';
import type { Guarded } from '../guarded.js';
import { pidsOf } from '../job-processes.js';
import { findLostFiles } from '../lost-names.js';
import { openFilesOf } from '../open-files.js';
import { refuseHungMounts } from '../hung-mounts.js';
import { isEnding, isProcessAlive, type ProcessIdentity } from '../process-identity.js';
import { memoryMounts } from '../../preflight/memory-mounts.js';
import { memoryBytesOf, processesOf } from '../processes.js';
import type { RecordedMount } from '../recorded-mounts.js';
import type { Runc } from '../runc.js';
import type { AdoptedRecorded, ExitStatus, PreparedJobDump, RunningContainer } from '../running-container.js';
import type { EngineTools } from '../tools.js';
import { untilEnded } from './init-watch.js';
import { PauseGate } from './pause-gate.js';
import { readLastRuncState } from './runc-state.js';

export interface AdoptedContainerOptions {
  readonly id: string;
  readonly init: ProcessIdentity;
  readonly freezer: Freezer;
  /** With the runc that made the container, and its root. */
  readonly runc: Runc;
  readonly tools: Pick<EngineTools, 'hook'>;
  /** The file that the bundle's annotation org.criu.config names. */
  readonly criuConfig: string;
  /** Where the processes of a dump are noted. */
  readonly helpersFile: string;
  readonly tcp: TcpPolicy;
  readonly roots: readonly TrackedRoot[];
  readonly recordedMounts: readonly RecordedMount[];
  readonly recorded: AdoptedRecorded;
  readonly notes: readonly string[];
  readonly clock: Clock;
  /** Where the container's files lie. */
  readonly places?: FilePlaces | undefined;
  /** Where it has file systems in memory of its own. */
  readonly inMemory?: readonly string[] | undefined;
  /** Called with the work folder of each dump, good or not, before it goes. It does not reject. */
  readonly onDumped?: ((workDir: string) => Promise<void>) | undefined;
  /** Tells files by the file systems that the tracked roots lie on: the container's own root is an overlay. */
  readonly translateOpenFiles: (files: readonly OpenFile[]) => Promise<readonly OpenFile[]>;
  /** The status that the container's owner noted, asked once its first process has ended; undefined where it does not tell. */
  readonly exitCode: () => Promise<number | undefined>;
  readonly freezeDeadlineMs: number;
  /** A frozen job is thawed after this long whatever becomes of this process. */
  readonly longestFreezeMs: number;
}

const killDeadlineMs = 20_000;
/** What an owner waits between the signal and SIGKILL, at most. */
const longestGraceMs = 15 * 60_000;

/** A container that somebody else started and owns, such as Docker: its streams, its status and its removal are theirs. */
export class AdoptedContainer implements RunningContainer {
  readonly id: string;
  readonly initPid: number;
  readonly init: ProcessIdentity;
  readonly recordedMounts: readonly RecordedMount[];
  readonly recorded: AdoptedRecorded;
  readonly notes: readonly string[];
  readonly places: FilePlaces | undefined;
  readonly inMemory: readonly string[];
  readonly freezerFiles: FreezerFiles;
  readonly exited: Promise<ExitStatus>;
  readonly #options: AdoptedContainerOptions;
  readonly #left = new AbortController();
  readonly #guards = new Set<Guarded>();
  readonly #gate = new PauseGate();
  /** Somebody's `docker pause` is not ours to undo. */
  #frozen = false;
  /** A killed CRIU can leave the job in the middle of a system call that it did not make. */
  #disturbed = false;
  #relayed: { readonly signal: number; readonly atMs: number } | undefined;

  constructor(options: AdoptedContainerOptions) {
    this.#options = options;
    this.id = options.id;
    this.init = options.init;
    this.initPid = options.init.pid;
    this.recordedMounts = options.recordedMounts;
    this.recorded = options.recorded;
    this.notes = options.notes;
    this.freezerFiles = options.freezer.files;
    this.places = options.places;
    this.inMemory = options.inMemory ?? [];
    this.exited = this.#watch();
  }

  /** The container's owner passed a signal on, `sinceMs` ago, that may mean its end, from outside: an end soon after it is not the job's own. */
  relayed(signal: number, sinceMs = 0): void {
    this.#relayed = { signal, atMs: this.#options.clock.monotonicMs() - sinceMs };
  }

  /** Somebody is about to pause it: resolves when no snapshot has it in hand; none takes it before `over` is aborted, for 10 s at most. */
  letPause(over: AbortSignal): Promise<void> {
    return this.#gate.letOthers(over);
  }

  /** `exited` does not resolve any more: the container runs on without this process. */
  leave(): void {
    this.#left.abort();
  }

  async freeze({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { freezer, freezeDeadlineMs } = this.#options;
    await this.#gate.enter();
    if (!this.#frozen && (await this.#isFrozen())) {
      this.#gate.leave();
      throw paused(this.id);
    }
    // The guards must know before the job stands still, else nobody would thaw it if this process is gone.
    for (const guard of this.#guards) guard.frozen();
    this.#frozen = true;
    await freezer.freeze(freezeDeadlineMs, signal);
  }

  async assertFrozen(): Promise<void> {
    if (await this.#isFrozen()) return;
    throw didNotStandStill();
  }

  async thaw({ again = false }: { readonly again?: boolean } = {}): Promise<void> {
    if (this.#frozen) await this.#options.freezer.thaw(this.#options.freezeDeadlineMs);
    this.#frozen = false;
    this.#gate.leave();
    // Those of a dump that waits will be needed.
    if (!again) this.#dismissGuards();
  }

  async memoryBytes({ withoutMemory = false }: { readonly withoutMemory?: boolean } = {}): Promise<number> {
    const [processes, mounts] = await Promise.all([
      this.processes().then((pids) => memoryBytesOf(pids, withoutMemory)),
      memoryMounts(this.initPid, this.inMemory),
    ]);
    return mounts.reduce((sum, { bytes }) => sum + bytes, processes);
  }

  async openFiles(pids?: readonly number[]): Promise<readonly OpenFile[]> {
    return this.#options.translateOpenFiles(await openFilesOf(pids ?? (await this.processes())));
  }

  async prepareDump(options: DumpOptions): Promise<PreparedJobDump> {
    const { runc, id, clock, tools, tcp, criuConfig, helpersFile, freezer, longestFreezeMs, roots, onDumped } = this.#options;
    await refuseHungMounts(this.initPid);
    await mkdir(dirname(criuConfig), { recursive: true, mode: 0o700 });
    await writeFile(criuConfig, criuConfigText({ tcp, hook: tools.hook, pageSocket: pageSocketOf(options) }), {
      mode: 0o600,
    });
    const prepared = await prepareDump(
      {
        runc,
        id,
        clock,
        helpersFile,
        initPid: this.initPid,
        processes: () => this.processes(),
        isFrozen: () => this.#isFrozen(),
        isJobEnding: () => isEnding(this.initPid),
        onCriuKilled: () => (this.#disturbed = true),
        thaw: { file: freezer.files.control, text: freezer.files.thawed, longestMs: longestFreezeMs },
        onGuarded: (guard) => this.#guards.add(guard),
      },
      options,
    );
    return {
      cancel: () => prepared.cancel(),
      run: async (processes) => {
        try {
          const result = await prepared.run(processes);
          // The job stands still: nobody waits for it.
          void onDumped?.(options.workDir);
          return { ...result, lostFiles: await findLostFiles(options.imagesDir, pidsOf(processes), roots, this.places) };
        } catch (error) {
          await onDumped?.(options.workDir);
          throw error;
        }
      },
    };
  }

  /** Its input is its owner's. */
  stdin(): Promise<{ readonly consumedBytes: number; readonly ended: boolean }> {
    return Promise.resolve({ consumedBytes: 0, ended: false });
  }

  /** So is its output, which lies in pipes that outlive a freeze. */
  drain(): Promise<void> {
    return Promise.resolve();
  }

  signal(number: number): Promise<void> {
    if (isProcessAlive(this.init)) process.kill(this.initPid, number);
    return Promise.resolve();
  }

  /** Of a container that has ended no more than what its runtime still keeps of it: one that its owner starts again has the same id, place and control group. */
  async kill(): Promise<void> {
    const { freezer, clock, freezeDeadlineMs } = this.#options;
    const left = await endProcesses({
      find: () => this.#ownProcesses(),
      // On version 1 a frozen process dies only when it is thawed.
      between: () => freezer.thaw(freezeDeadlineMs).catch(() => undefined),
      deadlineMs: killDeadlineMs,
      clock,
    });
    if (left.length > 0) throw cannotEnd(left);
    this.#frozen = false;
    this.#gate.leave();
    this.#dismissGuards();
  }

  /** The container itself stays for its owner to remove. */
  async dispose(): Promise<void> {
    await this.kill();
  }

  async #watch(): Promise<ExitStatus> {
    const { exitCode } = this.#options;
    const { signal } = this.#left;
    if (!(await untilEnded(this.init, signal))) return new Promise(() => undefined);
    const code = await exitCode().catch(() => undefined);
    const signalled = this.#relayedSignal() ?? faultOfDisturbed(code, this.#disturbed);
    return signalled === undefined ? { exitCode: code, signal: undefined } : { exitCode: undefined, signal: signalled };
  }

  /** A program may take SIGQUIT or SIGINT and go on for hours: its end then is its own. */
  #relayedSignal(): number | undefined {
    if (this.#relayed === undefined || this.#options.clock.monotonicMs() - this.#relayed.atMs > longestGraceMs) return undefined;
    return this.#relayed.signal;
  }

  #dismissGuards(): void {
    for (const guard of this.#guards) guard.thawed();
    this.#guards.clear();
  }

  #isFrozen(): Promise<boolean> {
    return Promise.resolve(this.#options.freezer.isFrozen());
  }

  processes(): Promise<readonly number[]> {
    return Promise.resolve(processesOf(this.#options.freezer.files.folder));
  }

  async #ownProcesses(): Promise<readonly number[]> {
    const found = await this.processes();
    // Asked afterwards: a container of the same id is made only once nothing is kept of this one.
    return found.length === 0 || isProcessAlive(this.init) || (await this.#isKept()) ? found : [];
  }

  async #isKept(): Promise<boolean> {
    const { runc, id } = this.#options;
    const state = await readLastRuncState(runc.root, id).catch(() => undefined);
    return state?.init.pid === this.init.pid && state.init.startTicks === this.init.startTicks;
  }
}

function paused(id: string): HoldfastError {
  return new HoldfastError('HF_FREEZE_FAILED', {
    message: `container ${id} is paused by somebody else`,
    kind: 'conflict',
    retry: 'yes',
    operation: 'freeze',
    hint: 'docker unpause lets it run; the next snapshot is taken as usual then',
  });
}
