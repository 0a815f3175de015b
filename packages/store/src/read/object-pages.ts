import type { FilledRun, PageChunk, PageRun } from '@holdfast/core';
import { type ObjectMap, windowPages } from '../manifest/page-map.js';
import type { WindowCursor } from '../manifest/window-cursor.js';
import { WindowIndex } from '../manifest/window-index.js';
import type { BlockHold } from './block-pages.js';
import { fillBatch } from './fill-batch.js';
import { GrowingBatch, type ObjectBatch } from './plan-object.js';
import type { RebuildTools } from './rebuild-object.js';

/** An object's pages in any order. */
export class ObjectPages {
  readonly #tools: RebuildTools;
  readonly #map: ObjectMap;
  readonly #index: WindowIndex;

  constructor(tools: RebuildTools, map: ObjectMap) {
    this.#tools = tools;
    this.#map = map;
    this.#index = new WindowIndex(map);
  }

  chunk(firstPage: number, pageCount: number): PageChunk {
    const batch = new GrowingBatch('sparse');
    const zeros: PageRun[] = [];
    const end = (firstPage + pageCount) / windowPages;
    const cursor = this.#index.at(firstPage / windowPages);
    for (;;) {
      if (cursor === undefined || cursor.window >= end) break;
      if (cursor.hashOffset >= 0) batch.add(cursor);
      else addPages(cursor, zeros);
      cursor.next();
    }
    return new Chunk(this.#tools, this.#map, batch, zeros);
  }
}

class Chunk implements PageChunk {
  readonly #tools: RebuildTools;
  readonly #map: ObjectMap;
  readonly #batch: ObjectBatch;
  readonly #zeros: readonly PageRun[];
  #hold: BlockHold | undefined;

  constructor(tools: RebuildTools, map: ObjectMap, batch: ObjectBatch, zeros: readonly PageRun[]) {
    this.#tools = tools;
    this.#map = map;
    this.#batch = batch;
    this.#zeros = zeros;
  }

  ahead(): boolean {
    this.#hold ??= this.#tools.blocks.hold(blocksOf(this.#batch));
    return this.#hold !== undefined;
  }

  async fill(target: Buffer): Promise<readonly FilledRun[]> {
    const { file, blocks, hash } = this.#tools;
    await fillBatch(file, this.#map, this.#batch, blocks, hash, target);
    const filled = this.#batch.pieces.map(({ target: firstPage, offset, pageCount }): FilledRun => ({ firstPage, pageCount, offset }));
    const zeros = this.#zeros.map((run): FilledRun => ({ ...run, offset: undefined }));
    return [...filled, ...zeros].sort((left, right) => left.firstPage - right.firstPage);
  }

  async end(): Promise<void> {
    const hold = this.#hold;
    this.#hold = undefined;
    if (hold !== undefined) await this.#tools.blocks.abandon(hold);
  }
}

function* blocksOf({ copies }: ObjectBatch): Generator<number> {
  for (const { block } of copies) if (block >= 0) yield block;
}

function addPages({ window, mask }: WindowCursor, runs: PageRun[]): void {
  for (let position = 0; position < windowPages; position += 1) {
    if ((mask & (1 << position)) === 0) continue;
    const page = window * windowPages + position;
    const last = runs.at(-1);
    if (last !== undefined && last.firstPage + last.pageCount === page) runs[runs.length - 1] = { ...last, pageCount: last.pageCount + 1 };
    else runs.push({ firstPage: page, pageCount: 1 });
  }
}
