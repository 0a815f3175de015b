import { writeFile } from 'node:fs/promises';
import type { JobProcess } from '../container/job-processes.js';
import { coverProcess, makeCover } from './cover-files.js';
import type { CoverMeans } from './cover-means.js';

/** A covering parent for the processes of one job: as they are by now, and, once it stands still, as they are then. */
export class JobCover {
  readonly #folder: string;
  readonly #means: CoverMeans;
  readonly #proc: string;
  readonly #covered = new Set<number>();

  constructor(folder: string, means: CoverMeans, proc = '/proc') {
    this.#folder = folder;
    this.#means = means;
    this.#proc = proc;
  }

  /** While the job runs: those that end meanwhile are left out. */
  async prepare(processes: readonly JobProcess[]): Promise<void> {
    await makeCover(this.#folder);
    await this.#cover(processes);
  }

  /** The job must stand still. All of it is covered afterwards, and no page of it marked, where the kernel marks any. */
  async complete(processes: readonly JobProcess[]): Promise<void> {
    await this.#cover(processes.filter(({ imagePid }) => !this.#covered.has(imagePid)));
    // What stays marked CRIU dumps, with the right bytes: this is for the sake of time alone.
    if (this.#means.cache === undefined)
      await Promise.all(processes.map(({ pid }) => writeFile(`${this.#proc}/${pid}/clear_refs`, '4', { flag: 'r+' })));
  }

  async #cover(processes: readonly JobProcess[]): Promise<void> {
    for (const { imagePid } of processes) this.#covered.add(imagePid);
    await Promise.all(processes.map(({ imagePid }) => coverProcess(this.#folder, imagePid)));
  }
}
