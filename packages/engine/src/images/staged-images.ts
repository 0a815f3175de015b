import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInput, ObjectSource, PageRun, SourceExtent } from '@holdfast/core';
import { HoldfastError, isHoldfastError, pageSizeBytes } from '@holdfast/core/basics';
import { isStored } from './image-names.js';
import type { LeftOutPages, LeftOutSpace } from './left-out-pages.js';
import { imageKey } from './memory-keys.js';
import type { MemoryName } from './memory-names.js';
import type { MemorySource } from './memory-source.js';
import { memoryTableObject } from './memory-table.js';
import { isPagemapName, presentRuns } from './pagemap.js';
import { withAllPresent } from './pagemap-flags.js';
import { type NamedPagemap, pagesName } from './pages-images.js';
import { readMemoryNames } from './read-memory-names.js';
import { readPagemaps } from './read-pagemaps.js';

/**
 * A dump in a folder: page maps tell where the bytes of the pages images belong. Read once CRIU has ended. Of a dump without memory somebody else has
 * what was left out; its objects are those that a plain dump of the same instant would have.
 */
export class StagedImages implements MemorySource {
  readonly #folder: string;
  readonly #leftOut: LeftOutPages | undefined;
  readonly #unchanged: ReadonlyMap<string, readonly PageRun[]> | undefined;

  /** `unchanged`: by page map, what is known to be as the last snapshot has it. */
  constructor(folder: string, leftOut?: LeftOutPages, unchanged?: ReadonlyMap<string, readonly PageRun[]>) {
    this.#folder = folder;
    this.#leftOut = leftOut;
    this.#unchanged = unchanged;
  }

  /** Rejects with HF_DUMP_FAILED where the images do not belong together or one is not as long as it should be: nothing of them is stored then. */
  async objects(): Promise<readonly ObjectInput[]> {
    try {
      return await this.#objects();
    } catch (error) {
      throw isHoldfastError(error) ? notWhole(error) : error;
    }
  }

  async #objects(): Promise<readonly ObjectInput[]> {
    const names = (await readdir(this.#folder)).filter(isStored).sort();
    const maps = new Map((await readPagemaps(this.#folder, names)).map((map) => [map.name, map]));
    const memoryNames = await readMemoryNames(names, (name) => readFile(join(this.#folder, name)));
    const memory = memoryNames.flatMap((name) => {
      const map = maps.get(name.pagemapName);
      return map === undefined ? [] : [this.#memory(name, map)];
    });
    const taken = new Set([...maps.values()].map(pagesName));
    const images = await Promise.all(names.filter((name) => !taken.has(name)).map((name) => this.#image(name)));
    const table = memoryTableObject(memoryNames);
    return [...memory.filter(({ extents }) => extents.length > 0), ...images, ...(table === undefined ? [] : [table])];
  }

  #memory({ key, like }: MemoryName, map: NamedPagemap): ObjectInput {
    const leftOut = map.entries.some(({ present }) => !present) ? this.#leftOut?.of(map.name) : undefined;
    const extents = leftOut === undefined ? stagedExtents(map) : allExtents(map, leftOut);
    return {
      key,
      kind: 'memory',
      sizeBytes: extents.reduce((sum, { pageCount }) => sum + pageCount, 0) * pageSizeBytes,
      source: { kind: 'path', path: join(this.#folder, pagesName(map)) },
      ...(leftOut === undefined ? {} : { furtherSources: leftOut.sources }),
      extents,
      unchanged: this.#unchanged?.get(map.name),
      ...(like === undefined ? {} : { like }),
    };
  }

  async #image(name: string): Promise<ObjectInput> {
    const path = join(this.#folder, name);
    const source: ObjectSource =
      this.#leftOut !== undefined && isPagemapName(name)
        ? { kind: 'bytes', bytes: withAllPresent(await readFile(path), name) }
        : { kind: 'path', path };
    const { size } = await stat(path);
    const pageCount = Math.ceil(size / pageSizeBytes);
    return {
      key: imageKey(name),
      kind: 'image',
      sizeBytes: size,
      source,
      extents: pageCount === 0 ? [] : [{ firstPage: 0, pageCount, sourceOffset: 0 }],
    };
  }
}

function stagedExtents({ entries }: NamedPagemap): readonly SourceExtent[] {
  let sourceOffset = 0;
  return presentRuns(entries).map((run) => {
    const extent = { ...run, sourceOffset };
    sourceOffset += run.pageCount * pageSizeBytes;
    return extent;
  });
}

function allExtents({ entries }: NamedPagemap, leftOut: LeftOutSpace): readonly SourceExtent[] {
  let sourceOffset = 0;
  return entries.flatMap(({ firstPage, pageCount, present }) => {
    if (!present) return leftOut.extentsOf({ firstPage, pageCount });
    const extent = { firstPage, pageCount, sourceOffset };
    sourceOffset += pageCount * pageSizeBytes;
    return [extent];
  });
}

function notWhole(cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_DUMP_FAILED', {
    message: `the snapshot failed: ${cause.message}`,
    kind: 'corrupt',
    retry: 'yes',
    operation: 'dump',
    context: cause.context,
    hint: 'the next snapshot is taken as usual; where this comes again, look whether the folder that images are staged in is full or damaged',
    cause,
  });
}
