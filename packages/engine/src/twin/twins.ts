import type { Logger } from '@holdfast/core';
import { pidsOf } from '../container/job-processes.js';
import type { RunningContainer } from '../container/running-container.js';
import { type ForkedOptions, ForkedTwins } from './forked-twins.js';
import { type RoomShortage, shortageBefore, shortageWords } from './head-room.js';
import { type ComparedMemory, KeptTwin } from './kept-twin.js';
import type { Freezer, TwinHelper } from '@holdfast/twin';
import { type NoTwinReason, noTwin, twinRefusalOf } from './refused.js';
import { findSubreapers } from './subreapers.js';
import { findLimits, type LimitPlaces, readTwinRoom } from './read-room.js';
import { TwinGroups } from './twin-groups.js';

export interface TwinsOptions {
  readonly container: Pick<RunningContainer, 'initPid' | 'freezerFiles' | 'processes'>;
  /** Starts the helper that makes twins. */
  readonly start: () => Promise<TwinHelper>;
  readonly logger: Logger;
}

/** The dump that left out what twins are to have. */
export type TwinnedDump = Pick<ForkedOptions, 'imagesDir' | 'copiesDir' | 'covered' | 'processes'>;

/** Ready to fork: what can be found out while the job runs has been. */
export interface PreparedTwins {
  /** The job must be frozen, and is so afterwards. Rejects with HF_TWIN_REFUSED; then no twin is left. */
  fork(dump: TwinnedDump): Promise<ForkedTwins>;
}

const helperDeadlineMs = 10_000;
/** Snapshots that go without a twin once one was refused by what does not change quickly. */
const pause = 8;
const passing: ReadonlySet<string> = new Set<NoTwinReason | 'vfork' | 'timeout' | 'unswept'>([
  'no-room',
  'lost',
  'vfork',
  'timeout',
  'helper',
  'unswept',
  // The next one is dumped without.
  'cover',
]);

/** Makes the twins of one job, snapshot by snapshot. */
export class Twins implements AsyncDisposable {
  readonly #options: TwinsOptions;
  #helper: TwinHelper | undefined;
  #groups: TwinGroups | undefined;
  readonly #kept = new KeptTwin();
  #paused = 0;
  #pausedFor = '';

  constructor(options: TwinsOptions) {
    this.#options = options;
  }

  /** Rejects with HF_TWIN_REFUSED where it is clear by now that there can be no twin. */
  async prepare(memoryBytes: number): Promise<PreparedTwins> {
    if (this.#paused > 0) {
      this.#paused -= 1;
      throw noTwin('again-later', `a short while ago there was no twin: ${this.#pausedFor}`);
    }
    const { container } = this.#options;
    const limits = await findLimits(container.initPid);
    const shortage = await this.#shortage(memoryBytes, limits);
    if (shortage !== undefined) throw noTwin(shortage, shortageWords[shortage], undefined, 'no-space');
    this.#groups ??= await TwinGroups.make(container.freezerFiles, limits);
    const helper = (this.#helper ??= await this.#start());
    return { fork: (dump) => this.#fork(helper, limits, dump) };
  }

  /** Keeps the twins of a committed snapshot, if it has some, until the next freeze, while there is room for them; else ends them. Never rejects. */
  async keep(snapshot: number, twins: ForkedTwins | undefined, memoryBytes: number): Promise<void> {
    const shortage = twins === undefined ? undefined : await this.#shortage(memoryBytes).catch(() => 'no-room');
    await this.#kept.keep(snapshot, twins, shortage);
  }

  isKept(twins: ForkedTwins | undefined): boolean {
    return this.#kept.has(twins);
  }

  /**
   * Ends the twins that are kept, which no dump may find; gives what has not changed since their snapshot where that is the parent of the one being taken.
   * The job must stand frozen. Never rejects: nothing is known to be unchanged then.
   */
  compareKept(parent: number | undefined): Promise<ComparedMemory> {
    const helper = this.#helper;
    return this.#kept.take(parent, helper && ((pid, runs) => helper.changedPages(pid, runs)));
  }

  /** To be called with what an attempt to take a snapshot by twin failed with, so that the next ones need not fail of it, too. */
  note(error: unknown): void {
    const reason = twinRefusalOf(error);
    if (reason === undefined || passing.has(reason) || reason === 'again-later') return;
    this.#paused = pause;
    this.#pausedFor = error instanceof Error ? error.message : reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept.drop();
    await this.#letHelperGo();
    await this.#groups?.remove();
  }

  async #shortage(memoryBytes: number, limits?: LimitPlaces): Promise<RoomShortage | undefined> {
    const { container } = this.#options;
    const room = await readTwinRoom(limits ?? (await findLimits(container.initPid)));
    return shortageBefore(room, { memoryBytes, processes: (await container.processes()).length });
  }

  async #fork(helper: TwinHelper, limits: LimitPlaces, dump: TwinnedDump): Promise<ForkedTwins> {
    const { container, logger } = this.#options;
    const freezer = this.#freezer();
    const twins = await helper.fork({
      freezer,
      pids: pidsOf(dump.processes),
      subreapers: await findSubreapers(dump.imagesDir, dump.processes).catch((error: unknown) => {
        throw noTwin('dump', 'the dump does not tell of each process of the job', error);
      }),
      twinGroupDirectories: this.#groups?.directories ?? [],
      deadlineMs: helperDeadlineMs,
    });
    const drop = async (frozen: boolean): Promise<void> => {
      try {
        await helper.drop({ freezer, frozen, deadlineMs: helperDeadlineMs });
      } catch (error) {
        logger.debug({ reason: twinRefusalOf(error) }, 'the helper could not drop its twins, and is ended');
        await this.#letHelperGo();
      }
    };
    return await ForkedTwins.open({ twins, initPid: container.initPid, limits, drop, gone: helper.gone, ...dump });
  }

  #freezer(): Freezer {
    const { version, folder: directory } = this.#options.container.freezerFiles;
    return { kind: version === 1 ? 'v1' : 'v2', directory };
  }

  async #start(): Promise<TwinHelper> {
    const helper = await this.#startUnswept();
    try {
      // The one before may have been killed, by whoever had the job before us.
      await helper.sweep({ freezer: this.#freezer(), deadlineMs: helperDeadlineMs });
      return helper;
    } catch (error) {
      await this.#letHelperGo();
      throw error;
    }
  }

  async #startUnswept(): Promise<TwinHelper> {
    try {
      const helper = await this.#options.start();
      this.#helper = helper;
      void helper.gone.then(() => {
        if (this.#helper === helper) this.#helper = undefined;
      });
      return helper;
    } catch (error) {
      throw noTwin('helper', 'the helper that makes twins cannot be started', error, 'missing-requirement');
    }
  }

  async #letHelperGo(): Promise<void> {
    const helper = this.#helper;
    this.#helper = undefined;
    await helper?.[Symbol.asyncDispose]();
  }
}
