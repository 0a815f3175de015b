import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointReader } from '@holdfast/core';
import { eachBounded } from '../files/each-bounded.js';
import { assertImageName } from './image-names.js';
import { imageKey, imageName } from './memory-keys.js';
import type { MemorySink, SinkOptions } from './memory-source.js';
import { decodePagemap, isPagemapName } from './pagemap.js';
import { pagesName } from './pages-images.js';
import { pairMemory, readMemoryTable } from './paired-memory.js';

/** Calls to the reader in flight: many images are small, and most memory is of few processes. */
const readerConcurrency = 4;

/** Puts a snapshot's images back into a folder as CRIU wrote them, byte for byte. */
export class RebuiltImages implements MemorySink {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The folder must be new or empty. Rejects with kind `corrupt` where the snapshot's images do not belong together: before any memory is written. */
  async write(reader: CheckpointReader, options: SinkOptions = {}): Promise<void> {
    const { signal, onProgress } = options;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const names = reader.objects.flatMap(({ key }) => imageName(key) ?? []);
    await eachBounded(names, { concurrency: readerConcurrency, signal }, (name) =>
      reader.write(imageKey(name), join(this.#folder, assertImageName(name)), 'sparse', { signal }),
    );
    // The page maps are there now; they tell which pages image the memory belongs into.
    const maps = await Promise.all(
      names.filter(isPagemapName).map(async (name) => ({ name, ...decodePagemap(await readFile(join(this.#folder, name)), name) })),
    );
    const keys = pairMemory(maps, reader.objects, await readMemoryTable(reader, { signal }));
    const sum = new ReachedBytes();
    await eachBounded(maps, { concurrency: readerConcurrency, signal }, async (map) => {
      const tell = (bytes: number): void => onProgress?.(sum.note(map.name, bytes));
      await this.#writePages(reader, pagesName(map), keys.get(map.name), { signal, onProgress: tell });
    });
  }

  async #writePages(reader: CheckpointReader, image: string, key: string | undefined, options: SinkOptions): Promise<void> {
    const path = join(this.#folder, assertImageName(image));
    if (key !== undefined) return reader.write(key, path, 'packed', options);
    // A process without a page of its own: CRIU wants the image, empty.
    return (await open(path, 'wx', 0o600)).close();
  }
}

/** How far several images are together. */
class ReachedBytes {
  readonly #reached = new Map<string, number>();
  #sum = 0;

  note(image: string, bytes: number): number {
    this.#sum += bytes - (this.#reached.get(image) ?? 0);
    this.#reached.set(image, bytes);
    return this.#sum;
  }
}
