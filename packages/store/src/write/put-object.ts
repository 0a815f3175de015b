import type { ObjectSource, PutOptions } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import { throwIfAborted } from '../files/abort.js';
import { ReadAhead } from '../files/read-ahead.js';
import { ObjectHashes } from '../manifest/object-hashes.js';
import type { PageHashWriter } from '../manifest/page-hash-writer.js';
import type { StoreContext } from '../repository/store-context.js';
import type { BlockBuilder } from './block-builder.js';
import { ChangeDetector, type Comparison } from './change-detector.js';
import type { CollectedObject } from './collected-object.js';
import { type HashingTools, hashedWindows, isWorthThreads } from './hashed-windows.js';
import type { CheckedObject } from './object-input.js';
import { OldFile, OldPages } from './old-pages.js';
import { openPageSources } from './page-source.js';
import type { StoredObject } from './page-reference.js';
import { readWindows } from './read-windows.js';
import { planReading } from './unread-windows.js';

export interface PutTools {
  readonly context: StoreContext;
  readonly builder: BlockBuilder;
  readonly hashes: PageHashWriter;
  readonly hashing: HashingTools;
}

export interface PutResult {
  readonly collected: CollectedObject;
  readonly changedPages: number;
  readonly unreadPages: number;
}

/** Reads an object and stores what of it is new. */
export async function putObject(
  tools: PutTools,
  object: CheckedObject,
  known: Omit<Comparison, 'old'>,
  options: PutOptions = {},
): Promise<PutResult> {
  const { context, builder, hashes, hashing } = tools;
  const sources = await openPageSources(context.files, object, object.kind === 'memory');
  const old = known.parent === undefined ? undefined : await openOldPages(context, object.previous);
  hashes.beginObject();
  const detector = new ChangeDetector({ hash: context.hash, builder, hashes }, { ...known, old });
  const maps = [known.parent, known.like].flatMap((stored) => stored?.map ?? []);
  const { extents, unread } = planReading(object, known.parent?.map);
  const left = { ...object, extents };
  const read = context.hash.isSlow && isWorthThreads(left) ? hashedWindows(left, sources, maps, hashing) : readWindows(left, sources);
  let [pages, passed, unreadPages] = [0, 0, 0];
  const passUnread = async (before: number): Promise<void> => {
    for (let next = unread[passed]; next !== undefined && next.window < before; next = unread[passed]) {
      throwIfAborted(options.signal, 'store.put');
      if (!detector.isReady(next)) await detector.prepare(next);
      detector.takeUnread(next);
      pages += next.pageCount;
      unreadPages += next.pageCount;
      passed += 1;
    }
  };
  try {
    for await (const { windows, bytes, hashes: slot } of read) {
      throwIfAborted(options.signal, 'store.put');
      for (const [index, window] of windows.entries()) {
        await passUnread(window.window);
        if (!detector.isReady(window)) await detector.prepare(window);
        detector.take(window, bytes, slot && { slot, index });
        pages += window.pageCount;
      }
      options.onProgress?.(pages * pageSizeBytes);
    }
    await passUnread(Number.POSITIVE_INFINITY);
  } finally {
    await old?.file.release();
    await sources.close();
  }
  const { key, kind, sizeBytes, runFirst, runCount, pageCount } = object;
  const map = { key, kind, sizeBytes, runFirst, runCount, pageCount, segments: detector.segments, windowHashes: detector.windowHashes };
  return { collected: { map, hashOffset: hashes.finishObject() }, changedPages: detector.changedPages, unreadPages };
}

/** An object of this snapshot that was put before. */
export async function storedObject(tools: PutTools, { map, hashOffset }: CollectedObject): Promise<StoredObject> {
  const file = await tools.hashes.flush();
  const reads = file === undefined ? undefined : new ReadAhead(file);
  return { map, hashes: new ObjectHashes(tools.hashes.sealer, reads, hashOffset, map.pageCount) };
}

/** Where they cannot be opened any more the pages are stored whole. */
async function openOldPages({ files }: StoreContext, previous: CheckedObject['previous']): Promise<OldPages | undefined> {
  if (previous === undefined) return undefined;
  const file = await openOldFile(files, previous.source).catch(() => undefined);
  return file === undefined ? undefined : new OldPages(file, previous.extents);
}

async function openOldFile(files: StoreContext['files'], source: ObjectSource): Promise<OldFile | undefined> {
  if (source.kind !== 'path') return undefined;
  const file = await files.open(source.path, 'source');
  if (file.descriptor !== undefined) return new OldFile(file, file.descriptor);
  await file.close();
  return undefined;
}
