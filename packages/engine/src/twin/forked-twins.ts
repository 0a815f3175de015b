import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import type { LeftOutPages } from '../images/left-out-pages.js';
import { runsLow } from './head-room.js';
import type { Twin } from '@holdfast/twin';
import { namespacePids } from './namespace-pids.js';
import { type LimitPlaces, readMemoryRoom } from './read-room.js';
import { noTwin } from './refused.js';
import { type TwinnedProcess, TwinPages } from './twin-pages.js';
import { copyUnforked } from './unforked.js';

export interface ForkedOptions {
  readonly twins: readonly Twin[];
  /** Of the job; CRIU numbers its processes as they are numbered for this one. */
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
}

/** Often enough for a job that writes a gigabyte a second. */
const watchMs = 50;

/** The twins of one instant: memory to be read at leisure, for as long as there is room for what the job writes meanwhile. */
export class ForkedTwins {
  readonly pages: LeftOutPages;
  readonly #drop: ForkedOptions['drop'];
  readonly #lost = new AbortController();
  readonly #watch: NodeJS.Timeout;
  #dropped: Promise<void> | undefined;

  private constructor(pages: LeftOutPages, { limits, drop, gone }: ForkedOptions) {
    this.pages = pages;
    this.#drop = drop;
    void gone.then(() => this.#lose(noTwin('lost', 'the helper that kept copies of the job ended before all was read')));
    this.#watch = setInterval(() => void this.#look(limits), watchMs).unref();
  }

  /** The job must be frozen. Where this rejects, the twins are dropped. */
  static async open(options: ForkedOptions): Promise<ForkedTwins> {
    try {
      return new ForkedTwins(new TwinPages(await describe(options)), options);
    } catch (error) {
      await options.drop(true);
      throw error instanceof HoldfastError ? error : noTwin('lost', 'a process of the job, or its copy, is gone', error);
    }
  }

  /** Aborted, with the error as its reason, once there is nothing to be read any more. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Ends the twins of a job that runs. A repeat joins; never rejects. */
  drop(): Promise<void> {
    clearInterval(this.#watch);
    this.#dropped ??= this.#drop(false);
    return this.#dropped;
  }

  async #look(limits: LimitPlaces): Promise<void> {
    if (this.#dropped !== undefined || !runsLow(await readMemoryRoom(limits.memory))) return;
    this.#lose(noTwin('no-room', 'memory ran low while a copy of the job was read, and the copy was given up', undefined, 'no-space'));
    await this.drop();
  }

  #lose(error: HoldfastError): void {
    clearInterval(this.#watch);
    if (this.#dropped === undefined) this.#lost.abort(error);
  }
}

async function describe({ twins, initPid, imagesDir, copiesDir }: ForkedOptions): Promise<readonly TwinnedProcess[]> {
  const level = (await namespacePids(initPid)).length - 1;
  return Promise.all(
    twins.map(async ({ pid, twinPid }) => {
      // Where memory runs out the kernel ends a copy before it ends the job.
      await writeFile(`/proc/${twinPid}/oom_score_adj`, '1000', { flag: 'r+' });
      const imagePid = (await namespacePids(pid))[level] ?? pid;
      return { imagePid, twinPid, unforked: await copyUnforked(imagesDir, imagePid, pid, join(copiesDir, `unforked-${imagePid}`)) };
    }),
  );
}
