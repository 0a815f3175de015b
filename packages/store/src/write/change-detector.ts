import { pageSizeBytes } from '@holdfast/core/basics';
import { isZero } from '../codec/is-zero.js';
import { hashLength, type KeyedHash } from '../codec/keyed-hash.js';
import { GrowingBytes } from '../manifest/growing-bytes.js';
import { GrowingSegments } from '../manifest/growing-segments.js';
import type { PageHashWriter } from '../manifest/page-hash-writer.js';
import { windowPages, zeroBlock } from '../manifest/page-map.js';
import type { WindowSlot } from '../workers/window-slot.js';
import type { BlockBuilder } from './block-builder.js';
import type { OldPages } from './old-pages.js';
import { PageReference, type StoredObject, type StoredPages } from './page-reference.js';
import type { SourceWindow } from './plan-batches.js';
import type { KnownWindow } from './unread-windows.js';

export interface DetectorTools {
  readonly hash: KeyedHash;
  readonly builder: BlockBuilder;
  readonly hashes: PageHashWriter;
}

/** Hashes of a window that were computed already: in the slot that its bytes lie in, and its place there. */
export interface KnownHashes {
  readonly slot: WindowSlot;
  readonly index: number;
}

/** What an object is compared with. */
export interface Comparison {
  /** The parent's object of the same key. */
  readonly parent: StoredObject | undefined;
  /** One of the same snapshot that most pages are likely equal to. */
  readonly like: StoredObject | undefined;
  /** The parent's pages where they may have been moved to. */
  readonly moved: StoredPages | undefined;
  /** Where the parent's pages can be read now. */
  readonly old: OldPages | undefined;
}

/** Compares an object's windows, then its pages, with what is stored; hands changed pages to the builder and notes where every page is. */
export class ChangeDetector {
  readonly segments: GrowingSegments = new GrowingSegments();
  readonly #windowHashes = new GrowingBytes();
  readonly #tools: DetectorTools;
  readonly #parent: PageReference | undefined;
  readonly #references: readonly StoredPages[];
  readonly #old: OldPages | undefined;
  changedPages = 0;

  constructor(tools: DetectorTools, { parent, like, moved, old }: Comparison) {
    this.#tools = tools;
    this.#parent = parent === undefined ? undefined : new PageReference(parent);
    const second = like === undefined ? undefined : new PageReference(like);
    this.#references = [this.#parent, second, moved].filter((reference) => reference !== undefined);
    this.#old = old;
  }

  get windowHashes(): Buffer {
    return this.#windowHashes.view();
  }

  /** False where `prepare` has to be awaited before the window is taken. Windows come in ascending order. */
  isReady({ window }: Pick<SourceWindow, 'window'>): boolean {
    const { builder, hashes } = this.#tools;
    return this.#references.every((reference) => reference.seek(window)) && builder.hasRoom && !hashes.wantsFlush;
  }

  async prepare({ window }: Pick<SourceWindow, 'window'>): Promise<void> {
    for (const reference of this.#references) if (!reference.seek(window)) await reference.load();
    const { builder, hashes } = this.#tools;
    await builder.makeRoom();
    if (hashes.wantsFlush) await hashes.flush();
  }

  /** `bytes` hold the window's pages from its offset on. `known` has its hashes where they were computed. */
  take({ window, mask, pageCount, offset }: SourceWindow, bytes: Buffer, known?: KnownHashes): void {
    const length = pageCount * pageSizeBytes;
    if (isZero(bytes, offset, length)) {
      this.segments.append(zeroBlock, 0, pageCount);
      for (let page = 0; page < pageCount; page += 1) this.#tools.hashes.next();
      return;
    }
    const hash = this.#windowHashes.extend(hashLength);
    if (known === undefined) this.#tools.hash.into(hash.bytes, hash.offset, bytes.subarray(offset, offset + length));
    else known.slot.windowHash(known.index).copy(hash.bytes, hash.offset);
    const pageHashes = known?.slot.hasPageHashes(known.index) === true ? known.slot : undefined;
    const same = this.#references.find((reference) => reference.isWindow(mask, hash.bytes, hash.offset));
    if (same !== undefined) {
      this.#takeOver(same, mask, pageCount, bytes, offset);
      return;
    }
    let at = offset;
    for (let position = 0; position < windowPages; position += 1) {
      if ((mask & (1 << position)) === 0) continue;
      this.#takePage(bytes, at, position, window * windowPages + position, pageHashes);
      at += pageSizeBytes;
    }
  }

  /** Takes over a window of the parent's unread, after it was made ready as others are. */
  takeUnread({ mask, pageCount }: KnownWindow): void {
    const parent = this.#parent;
    const hash = parent?.windowHash();
    if (parent === undefined || hash === undefined) {
      this.segments.append(zeroBlock, 0, pageCount);
      for (let page = 0; page < pageCount; page += 1) this.#tools.hashes.next();
      return;
    }
    const target = this.#windowHashes.extend(hashLength);
    hash.copy(target.bytes, target.offset);
    this.#takeOver(parent, mask, pageCount, undefined, 0);
  }

  /** A window that is stored. */
  #takeOver(reference: StoredPages, mask: number, pageCount: number, bytes: Buffer | undefined, offset: number): void {
    for (let position = 0; position < windowPages; position += 1)
      if ((mask & (1 << position)) !== 0) this.segments.append(reference.block(position), reference.index(position), 1);
    if (this.#tools.hashes.take(pageCount, (chunk, at) => reference.copyHashes(chunk, at))) return;
    let at = offset;
    for (let position = 0; position < windowPages; position += 1) {
      if ((mask & (1 << position)) === 0) continue;
      this.#takeOverHash(reference, bytes, at, position);
      at += pageSizeBytes;
    }
  }

  #takeOverHash(reference: StoredPages, bytes: Buffer | undefined, offset: number, position: number): void {
    const { hash, hashes } = this.#tools;
    const at = hashes.next();
    if (reference.block(position) === zeroBlock) return;
    const known = reference.hash(position);
    if (known !== undefined) known.copy(hashes.chunk, at);
    else if (bytes !== undefined) hash.into(hashes.chunk, at, bytes.subarray(offset, offset + pageSizeBytes));
  }

  #takePage(bytes: Buffer, offset: number, position: number, page: number, known: WindowSlot | undefined): void {
    const { hash, hashes, builder } = this.#tools;
    const at = hashes.next();
    if (isZero(bytes, offset, pageSizeBytes)) {
      this.segments.append(zeroBlock, 0, 1);
      return;
    }
    const { chunk } = hashes;
    if (known === undefined) hash.into(chunk, at, bytes.subarray(offset, offset + pageSizeBytes));
    else known.pageHash(offset).copy(chunk, at);
    for (const reference of this.#references) {
      const block = reference.block(position);
      if (block === zeroBlock || reference.hash(position)?.compare(chunk, at, at + hashLength) !== 0) continue;
      this.segments.append(block, reference.index(position), 1);
      return;
    }
    const place = builder.add(bytes, offset, this.#oldSelf(position, page));
    this.segments.append(place.block, place.index, 1);
    this.changedPages += 1;
  }

  /** The page as the parent has it, where its bytes are at hand and can be told from others. */
  #oldSelf(position: number, page: number): Parameters<BlockBuilder['add']>[2] {
    const [parent, old] = [this.#parent, this.#old];
    if (parent === undefined || old === undefined) return undefined;
    const block = parent.block(position);
    const hash = block === zeroBlock ? undefined : parent.hash(position);
    const offset = hash === undefined ? undefined : old.offsetOf(page);
    return hash === undefined || offset === undefined ? undefined : { block, index: parent.index(position), hash, file: old.file, offset };
  }
}
