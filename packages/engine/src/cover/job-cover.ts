import { writeFile } from 'node:fs/promises';
import { namespacePids } from '../twin/namespace-pids.js';
import { coverProcess, makeCover } from './cover-files.js';
import type { CoverMeans } from './cover-means.js';

/** A covering parent for the processes of one job: as they are by now, and, once it stands still, as they are then. */
export class JobCover {
  readonly #folder: string;
  readonly #means: CoverMeans;
  readonly #initPid: number;
  readonly #proc: string;
  readonly #covered = new Set<number>();

  constructor(folder: string, means: CoverMeans, initPid: number, proc = '/proc') {
    this.#folder = folder;
    this.#means = means;
    this.#initPid = initPid;
    this.#proc = proc;
  }

  /** While the job runs: those that end meanwhile are left out. */
  async prepare(pids: readonly number[]): Promise<void> {
    await makeCover(this.#folder);
    await this.#cover(await this.#imagePids(pids));
  }

  /** The job must stand still. All of it is covered afterwards, and no page of it marked, where the kernel marks any. */
  async complete(pids: readonly number[]): Promise<void> {
    await this.#cover((await this.#imagePids(pids)).filter((imagePid) => !this.#covered.has(imagePid)));
    // What stays marked CRIU dumps, with the right bytes: this is for the sake of time alone.
    if (this.#means.cache === undefined) await Promise.all(pids.map((pid) => writeFile(`${this.#proc}/${pid}/clear_refs`, '4', { flag: 'r+' })));
  }

  async #cover(imagePids: readonly number[]): Promise<void> {
    for (const imagePid of imagePids) this.#covered.add(imagePid);
    await Promise.all(imagePids.map((imagePid) => coverProcess(this.#folder, imagePid)));
  }

  /** CRIU numbers processes as they are numbered for the first one. */
  async #imagePids(pids: readonly number[]): Promise<readonly number[]> {
    const level = (await namespacePids(this.#initPid, this.#proc)).length - 1;
    const found = await Promise.all(pids.map((pid) => namespacePids(pid, this.#proc).catch(() => [])));
    return found.flatMap((numbers) => numbers[level] ?? []);
  }
}
