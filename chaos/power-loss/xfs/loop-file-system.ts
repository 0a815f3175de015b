import { execFile } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const deadline = { timeout: 60_000, env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } };
/** The least that mkfs.xfs makes. */
const diskBytes = 320 * 1024 * 1024;

/** An XFS on a sparse file that can lose its power. The caller lives in a mount namespace of its own, so that nothing stays mounted. */
export class LoopFileSystem implements AsyncDisposable {
  readonly directory: string;
  readonly #disk: string;
  #mounted = false;

  private constructor(folder: string) {
    this.directory = join(folder, 'mounted');
    this.#disk = join(folder, 'disk');
  }

  static async make(folder: string): Promise<LoopFileSystem> {
    const made = new LoopFileSystem(folder);
    await mkdir(made.directory);
    await writeFile(made.#disk, '', { flag: 'wx' });
    await truncate(made.#disk, diskBytes);
    await run('mkfs.xfs', ['-q', made.#disk], deadline);
    await made.#mount();
    return made;
  }

  /** Stops the file system where it is: what it has not written to its disk or its log by now is lost. */
  async losePower(): Promise<void> {
    await run('xfs_io', ['-x', '-c', 'shutdown', this.directory], deadline);
  }

  /** After a loss: everything comes from the disk again. No process may be at work in it. */
  async remount(): Promise<void> {
    await this.#unmount();
    await this.#mount();
  }

  /** Makes everything durable that is there now. */
  async sync(): Promise<void> {
    await run('sync', ['--file-system', this.directory], deadline);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#mounted) await this.#unmount();
  }

  async #mount(): Promise<void> {
    await run('mount', ['-t', 'xfs', '-o', 'loop', this.#disk, this.directory], deadline);
    this.#mounted = true;
  }

  async #unmount(): Promise<void> {
    await run('umount', [this.directory], deadline);
    this.#mounted = false;
  }
}
