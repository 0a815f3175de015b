import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallOptions, CheckpointReader } from '@holdfast/core';
import { assertImageName } from './image-names.js';
import { imageKey, imageName } from './memory-keys.js';
import type { MemorySink } from './memory-source.js';
import { decodePagemap, isPagemapName } from './pagemap.js';
import { pagesName } from './pages-images.js';
import { pairMemory, readMemoryTable } from './paired-memory.js';

/** Puts a snapshot's images back into a folder as CRIU wrote them, byte for byte. */
export class RebuiltImages implements MemorySink {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The folder must be new or empty. Rejects with kind `corrupt` where the snapshot's images do not belong together: before any memory is written. */
  async write(reader: CheckpointReader, options: CallOptions = {}): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const names = reader.objects.flatMap(({ key }) => imageName(key) ?? []);
    for (const name of names) await reader.write(imageKey(name), join(this.#folder, assertImageName(name)), 'sparse', options);
    // The page maps are there now; they tell which pages image the memory belongs into.
    const maps = await Promise.all(
      names.filter(isPagemapName).map(async (name) => ({ name, ...decodePagemap(await readFile(join(this.#folder, name)), name) })),
    );
    const keys = pairMemory(maps, reader.objects, await readMemoryTable(reader, options));
    for (const map of maps) await this.#writePages(reader, pagesName(map), keys.get(map.name), options);
  }

  async #writePages(reader: CheckpointReader, image: string, key: string | undefined, options: CallOptions): Promise<void> {
    const path = join(this.#folder, assertImageName(image));
    if (key !== undefined) return reader.write(key, path, 'packed', options);
    // A process without a page of its own: CRIU wants the image, empty.
    return (await open(path, 'wx', 0o600)).close();
  }
}
