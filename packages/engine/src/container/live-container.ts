import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, HoldfastError } from '@holdfast/core';
import type { OpenFile, TrackedRoot } from '../files/tracked-root.js';
import type { FreezerFiles } from './cgroup-files.js';
import { removeContainer } from './cleanup.js';
import { criuConfigText, pageSocketOf, type TcpPolicy } from './criu-config.js';
import { cannotEnd, didNotStandStill } from './container-errors.js';
import { type DumpOptions, prepareDump } from './dump.js';
import { endProcesses } from './end-processes.js';
import { faultOfDisturbed } from './fault-end.js';
import type { Freezer } from './freezer.js';
import { refuseHungMounts } from './hung-mounts.js';
import type { Keeper, MemoryEnd } from './keeper.js';
import { type KeeperEvent, parseKeeperLine } from './keeper-lines.js';
import type { ContainerLayout } from './layout.js';
import { pidsOf } from './job-processes.js';
import { findLostFiles } from './lost-names.js';
import { openFilesOf } from './open-files.js';
import { memoryBytesOf, processesOf } from './processes.js';
import { isEnding } from './process-identity.js';
import type { RecordedMount } from './recorded-mounts.js';
import type { Runc } from './runc.js';
import type { ContainerRecorded, ExitStatus, PreparedJobDump, RunningContainer } from './running-container.js';
import type { EngineTools } from './tools.js';

export interface LiveContainerOptions {
  readonly id: string;
  readonly initPid: number;
  readonly keeper: Keeper;
  readonly freezer: Freezer;
  readonly runc: Runc;
  readonly layout: ContainerLayout;
  readonly tools: EngineTools;
  readonly tcp: TcpPolicy;
  readonly roots: readonly TrackedRoot[];
  readonly clock: Clock;
  readonly recordedMounts: readonly RecordedMount[];
  readonly recorded: ContainerRecorded;
  readonly notes: readonly string[];
  /** Whether its memory comes later. */
  readonly lazy: boolean;
  readonly freezeDeadlineMs: number;
  readonly longestFreezeMs: number;
}

const killDeadlineMs = 20_000;
/** For the last output of a job that was killed: a reader that does not read must not hold up its end. */
const outputGraceMs = 5_000;
const sigkill = 9;

export class LiveContainer implements RunningContainer {
  readonly id: string;
  readonly initPid: number;
  readonly recordedMounts: readonly RecordedMount[];
  readonly recorded: ContainerRecorded;
  readonly notes: readonly string[];
  readonly freezerFiles: FreezerFiles;
  readonly exited: Promise<ExitStatus>;
  readonly whole: Promise<MemoryEnd>;
  readonly #options: LiveContainerOptions;
  /** A killed CRIU can leave the job in the middle of a system call that it did not make. */
  #disturbed = false;

  constructor(options: LiveContainerOptions) {
    this.#options = options;
    this.id = options.id;
    this.initPid = options.initPid;
    this.recordedMounts = options.recordedMounts;
    this.recorded = options.recorded;
    this.notes = options.notes;
    this.freezerFiles = options.freezer.files;
    this.whole = options.lazy ? options.keeper.whole : Promise.resolve('whole');
    this.exited = options.keeper.ended.then(async (event) => toExitStatus(event ?? (await this.#withoutKeeper()), this.#disturbed));
  }

  async freeze({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { freezer, keeper, freezeDeadlineMs, longestFreezeMs } = this.#options;
    // The keeper must know before the job stands still, else nobody would thaw it if this process hangs.
    await keeper.ask('watch', longestFreezeMs);
    await freezer.freeze(freezeDeadlineMs, signal);
  }

  async assertFrozen(): Promise<void> {
    if (await this.#isFrozen()) return;
    throw didNotStandStill();
  }

  async thaw(): Promise<void> {
    const { freezer, keeper, freezeDeadlineMs } = this.#options;
    await freezer.thaw(freezeDeadlineMs);
    await keeper.ask('watch', 0);
  }

  async memoryBytes({ withoutMemory = false }: { readonly withoutMemory?: boolean } = {}): Promise<number> {
    return memoryBytesOf(await this.processes(), withoutMemory);
  }

  async openFiles(pids?: readonly number[]): Promise<readonly OpenFile[]> {
    return openFilesOf(pids ?? (await this.processes()));
  }

  async prepareDump(options: DumpOptions): Promise<PreparedJobDump> {
    const { runc, id, clock, layout, tools, tcp } = this.#options;
    await refuseHungMounts(this.initPid);
    await writeFile(layout.criuConfig, criuConfigText({ tcp, hook: tools.hook, pageSocket: pageSocketOf(options) }));
    const prepared = await prepareDump(
      {
        runc,
        id,
        clock,
        helpersFile: layout.helpers,
        initPid: this.initPid,
        processes: () => this.processes(),
        isFrozen: () => this.#isFrozen(),
        isJobEnding: () => isEnding(this.initPid),
        onCriuKilled: () => (this.#disturbed = true),
      },
      options,
    );
    const { initName } = this.recorded;
    await copyFile(join(layout.initFolder, initName), join(options.imagesDir, initName));
    return {
      cancel: () => prepared.cancel(),
      run: async (processes) => {
        const result = await prepared.run(processes);
        return { ...result, lostFiles: await findLostFiles(options.imagesDir, pidsOf(processes), this.#options.roots) };
      },
    };
  }

  async stdin(): Promise<{ readonly consumedBytes: number; readonly ended: boolean }> {
    const [consumed, ended] = (await this.#options.keeper.ask('stdin')) ?? [];
    if (consumed === undefined) throw this.#gone();
    return { consumedBytes: Number(consumed), ended: ended === '1' };
  }

  async drain({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void =>
      aborted.reject(new HoldfastError('HF_ABORTED', { message: 'waiting for output was aborted', kind: 'aborted', operation: 'drain' }));
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([this.#options.keeper.ask('drain'), aborted.promise]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async signal(number: number): Promise<void> {
    await this.#options.keeper.ask('signal', number);
  }

  async kill(): Promise<void> {
    const left = await this.#endProcesses();
    if (left.length > 0) throw cannotEnd(left);
    const { keeper } = this.#options;
    await keeper.ask('drop', outputGraceMs);
    await keeper.ended;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await removeContainer(this.#options.runc, this.id, this.#options.freezer.files.folder);
    this.#options.keeper.release();
  }

  /** The keeper was killed: what it noted before, if anything; else the job, whose streams are gone, is ended and told as killed. */
  async #withoutKeeper(): Promise<KeeperEvent> {
    const noted = parseKeeperLine(`* ${(await readFile(this.#options.layout.exitFile, 'utf8').catch(() => '')).trim()}`);
    if (noted !== undefined && noted.type !== 'answer') return noted;
    await this.#endProcesses();
    return { type: 'killed', signal: sigkill };
  }

  #isFrozen(): Promise<boolean> {
    return Promise.resolve(this.#options.freezer.isFrozen());
  }

  processes(): Promise<readonly number[]> {
    return Promise.resolve(processesOf(this.#options.freezer.files.folder));
  }

  #endProcesses(): Promise<readonly number[]> {
    const { freezer, clock, freezeDeadlineMs } = this.#options;
    return endProcesses({
      find: () => this.processes(),
      // On version 1 a frozen process dies only when it is thawed.
      between: () => freezer.thaw(freezeDeadlineMs).catch(() => undefined),
      deadlineMs: killDeadlineMs,
      clock,
    });
  }

  #gone(): HoldfastError {
    return new HoldfastError('HF_JOB_NOT_RUNNING', {
      message: `the job of container ${this.id} has ended`,
      kind: 'not-found',
      operation: 'container',
    });
  }
}

function toExitStatus(event: KeeperEvent | undefined, disturbed: boolean): ExitStatus {
  const exitCode = event?.type === 'exited' ? event.code : undefined;
  const fault = faultOfDisturbed(exitCode, disturbed);
  if (fault !== undefined) return { exitCode: undefined, signal: fault };
  return { exitCode, signal: event?.type === 'killed' ? event.signal : undefined };
}
