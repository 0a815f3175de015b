import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageRun } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core/basics';
import type { LeftOutPages } from '../images/left-out-pages.js';
import type { JobProcess } from '../container/job-processes.js';
import { isEnding } from '../container/process-identity.js';
import { runsLow } from './head-room.js';
import type { Twin, TwinHelper } from '@holdfast/twin';
import { withoutRuns } from './page-runs.js';
import { type LimitPlaces, readMemoryRoom } from './read-room.js';
import { noTwin } from './refused.js';
import { type TwinnedProcess, TwinPages } from './twin-pages.js';
import { copyUnforked } from './unforked.js';

export interface ForkedOptions {
  readonly twins: readonly Twin[];
  /** Those that have twins, and maybe others. */
  readonly processes: readonly JobProcess[];
  /** Of the job. */
  readonly initPid: number;
  readonly limits: LimitPlaces;
  /** Ends the twins. Never rejects. */
  readonly drop: (frozen: boolean) => Promise<void>;
  /** Resolves when the helper that keeps them is gone. */
  readonly gone: Promise<void>;
  /** With a dump without memory of the same instant. */
  readonly imagesDir: string;
  /** Where memory is copied to that no twin has; made by the caller. */
  readonly copiesDir: string;
  /** Whether that dump had a covering parent. */
  readonly covered: boolean;
}

interface Compared {
  readonly pid: number;
  readonly imagePid: number;
}

/** Often enough for a job that writes a gigabyte a second. */
const watchMs = 50;

/** The twins of one instant: memory to be read at leisure, for as long as there is room for what the job writes meanwhile. */
export class ForkedTwins {
  readonly pages: LeftOutPages;
  readonly #pages: TwinPages;
  readonly #compared: readonly Compared[];
  readonly #drop: ForkedOptions['drop'];
  readonly #lost = new AbortController();
  readonly #watch: NodeJS.Timeout;
  #dropped: Promise<void> | undefined;

  private constructor(processes: readonly (TwinnedProcess & Compared)[], { limits, drop, gone, initPid }: ForkedOptions) {
    this.#pages = this.pages = new TwinPages(processes);
    this.#compared = processes;
    this.#drop = drop;
    void gone.then(() => this.#lose(noTwin('lost', 'the helper that kept copies of the job ended before all was read')));
    this.#watch = setInterval(() => void this.#look(limits, initPid), watchMs).unref();
  }

  /** The job must be frozen. Where this rejects, the twins are dropped. */
  static async open(options: ForkedOptions): Promise<ForkedTwins> {
    try {
      return new ForkedTwins(await describe(options), options);
    } catch (error) {
      await options.drop(true);
      throw error instanceof HoldfastError ? error : noTwin('lost', 'a process of the job, or its copy, is gone', error);
    }
  }

  /** Aborted, with the error as its reason, once there is nothing to be read any more. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** True while they are there. */
  get isKept(): boolean {
    return this.#dropped === undefined && !this.#lost.signal.aborted;
  }

  /**
   * What was read from the twins and is in the job's processes as it was, by page map: the same frame, which the twin never writes to and whoever else does
   * gets a copy of. The job must stand frozen.
   */
  async unchanged(changedPages: TwinHelper['changedPages']): Promise<ReadonlyMap<string, readonly PageRun[]>> {
    const found = new Map<string, readonly PageRun[]>();
    for (const { pid, imagePid } of this.#compared) {
      const name = `pagemap-${imagePid}.img`;
      const read = this.#pages.readFrom(name);
      // A process that is gone has nothing left; its twin may be, too.
      if (read.length > 0) found.set(name, withoutRuns(read, await changedPages(pid, read).catch(() => read)));
    }
    return found;
  }

  /** Ends the twins. A repeat joins; never rejects. */
  drop(how: { readonly frozen: boolean } = { frozen: false }): Promise<void> {
    clearInterval(this.#watch);
    this.#dropped ??= this.#drop(how.frozen);
    return this.#dropped;
  }

  async #look(limits: LimitPlaces, initPid: number): Promise<void> {
    if (this.#dropped !== undefined) return;
    // A namespace of processes ends only once all that is in it has, copies included.
    if (isEnding(initPid)) this.#lose(noTwin('lost', 'the job ended while a copy of it was read'));
    else if (runsLow(await readMemoryRoom(limits.memory)))
      this.#lose(noTwin('no-room', 'memory ran low while a copy of the job was read, and the copy was given up', undefined, 'no-space'));
    else return;
    await this.drop();
  }

  #lose(error: HoldfastError): void {
    clearInterval(this.#watch);
    if (this.#dropped === undefined) this.#lost.abort(error);
  }
}

async function describe({ twins, processes, imagesDir, copiesDir, covered }: ForkedOptions): Promise<readonly (TwinnedProcess & Compared)[]> {
  const imagePids = new Map(processes.map(({ pid, imagePid }) => [pid, imagePid]));
  return Promise.all(
    twins.map(async ({ pid, twinPid }) => {
      // Where memory runs out the kernel ends a copy before it ends the job.
      await writeFile(`/proc/${twinPid}/oom_score_adj`, '1000', { flag: 'r+' });
      const imagePid = imagePids.get(pid) ?? pid;
      const unforked = await copyUnforked(imagesDir, imagePid, pid, join(copiesDir, `unforked-${imagePid}`), { covered });
      return { pid, imagePid, twinPid, unforked };
    }),
  );
}
