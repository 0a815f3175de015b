import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { OpenFile } from '../../src/files/tracked-root.js';

const script = `
import mmap, os, sys
fd = os.open(sys.argv[1], os.O_RDWR)
memory = mmap.mmap(fd, 0)
os.close(fd)
print('ready', flush=True)
for line in sys.stdin:
    if line.strip() == 'unmap': memory.close()
    else: memory[:len(line) - 1] = line[:-1].encode()
    print('done', flush=True)
`;

/** A process that maps a file shared and stores into it on request. */
export class Mapping implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  static async of(path: string): Promise<Mapping> {
    const mapping = new Mapping(spawn('python3', ['-c', script, path]));
    await mapping.#lines.next();
    return mapping;
  }

  async store(text: string): Promise<void> {
    this.#process.stdin.write(`${text}\n`);
    await this.#lines.next();
  }

  async unmap(): Promise<void> {
    await this.store('unmap');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}

export function openFile(path: string, how: Partial<OpenFile> = {}): OpenFile {
  const { dev, ino, size, nlink } = lstatSync(path, { bigint: true });
  return { dev, ino, path, sizeBytes: Number(size), access: 'write', mappedSharedWritable: false, deleted: false, nlink: Number(nlink), ...how };
}
