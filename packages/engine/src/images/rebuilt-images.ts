import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallOptions, CheckpointObject, CheckpointReader, PageRun } from '@holdfast/core';
import { damaged } from './image-file.js';
import { assertImageName } from './image-names.js';
import { imageKey, imageName, memoryKey } from './memory-keys.js';
import type { MemorySink } from './memory-source.js';
import { memoryTableKey, parseMemoryTable } from './memory-table.js';
import { decodePagemap, isPagemapName, presentRuns } from './pagemap.js';
import { type NamedPagemap, pagesName } from './pages-images.js';

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
    const keys = pairKeys(maps, reader.objects, await tableOf(reader, options));
    for (const map of maps) await this.#writePages(reader, pagesName(map), keys.get(map.name), options);
  }

  async #writePages(reader: CheckpointReader, image: string, key: string | undefined, options: CallOptions): Promise<void> {
    const path = join(this.#folder, assertImageName(image));
    if (key !== undefined) return reader.write(key, path, 'packed', options);
    // A process without a page of its own: CRIU wants the image, empty.
    return (await open(path, 'wx', 0o600)).close();
  }
}

async function tableOf(reader: CheckpointReader, options: CallOptions): Promise<ReadonlyMap<string, string>> {
  const hasTable = reader.objects.some(({ key }) => key === memoryTableKey);
  return hasTable ? parseMemoryTable(await reader.read(memoryTableKey, options)) : new Map();
}

/** The key of each page map's pages, undefined where it has none. The pages that it names must be those that the snapshot has. */
function pairKeys(
  maps: readonly NamedPagemap[],
  objects: readonly CheckpointObject[],
  table: ReadonlyMap<string, string>,
): ReadonlyMap<string, string | undefined> {
  const memory = new Map(objects.filter(({ kind }) => kind === 'memory').map((object) => [object.key, object]));
  const keys = new Map<string, string | undefined>();
  for (const map of maps) {
    const key = table.get(map.name) ?? memoryKey(map.name);
    const object = memory.get(key);
    if (!isSame(presentRuns(map.entries), object?.runs ?? [])) throw damaged(map.name, "its pages are not those of the snapshot's memory");
    memory.delete(key);
    keys.set(map.name, object?.key);
  }
  const [stray] = memory.keys();
  if (stray !== undefined) throw damaged(stray, 'its page map is missing');
  return keys;
}

function isSame(expected: readonly PageRun[], actual: readonly PageRun[]): boolean {
  return (
    expected.length === actual.length &&
    expected.every(({ firstPage, pageCount }, at) => firstPage === actual[at]?.firstPage && pageCount === actual[at].pageCount)
  );
}
