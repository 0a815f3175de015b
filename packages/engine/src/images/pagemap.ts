import type { PageRun } from '@holdfast/core';
import protobuf from 'protobufjs/minimal.js';
import { pageSizeBytes } from '@holdfast/core/basics';
import { damaged, framed, messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';

export const pagemapMagic = 0x56084025;
export const headFields = { pagesId: 1 };
/** `count` came with CRIU 4.2; before it there was but the 32-bit `oldCount`, which is still written where it is large enough. */
export const entryFields = { address: 1, oldCount: 2, inParent: 3, flags: 4, count: 5 };
export const entryFlags = { inParent: 1, lazy: 2, present: 4 };
/** Of the whole 64-bit address space. */
const addressablePages = 2 ** 52;

export interface PagemapRun extends PageRun {
  /** True where the pages image has the bytes; runs that are present lie in it back to back, in this order. */
  readonly present: boolean;
  /** True for memory of the process's own, which a restore may bring in when it is first touched. Of a dump without memory it is not present. */
  readonly lazy: boolean;
}

export interface Pagemap {
  /** Which `pages-N.img` has the bytes. */
  readonly pagesId: number;
  /** Ascending, not overlapping, within the address space. */
  readonly entries: readonly PagemapRun[];
}

/** The process of a `pagemap-PID.img`; undefined for other images, those of shared segments among them. */
export function pagemapPid(name: string): number | undefined {
  const pid = /^pagemap-(\d+)\.img$/.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** The same page map, in which pages that may come later are not in the pages image. */
export function withoutLazyPages(bytes: Uint8Array, name: string): Uint8Array {
  const [head = new Uint8Array(), ...rest] = messagesOf(bytes, name, pagemapMagic);
  const entries = rest.map((message) => {
    const { numbers } = decodeFields(message, name);
    const flags = numbers.get(entryFields.flags) ?? entryFlags.present;
    if ((flags & entryFlags.lazy) === 0) return message;
    const writer = protobuf.Writer.create();
    for (const [field, value] of numbers) writer.uint32(field << 3).uint64(field === entryFields.flags ? flags & ~entryFlags.present : value);
    return writer.finish();
  });
  return Buffer.concat([bytes.subarray(0, 8), framed([head, ...entries])]);
}

/** True for `pagemap-PID.img` and `pagemap-shmem-ID.img`. */
export function isPagemapName(name: string): boolean {
  return /^pagemap-(shmem-)?\d+\.img$/.test(name);
}

/**
 * Decodes `pagemap-*.img`. Throws with kind `corrupt` for what is not whole, and for pages that lie in another dump's images, but where a covering parent is known to
 * have been that: those were left out.
 */
export function decodePagemap(bytes: Uint8Array, name: string, { covered = false }: { readonly covered?: boolean } = {}): Pagemap {
  const [head, ...rest] = messagesOf(bytes, name, pagemapMagic);
  const pagesId = head === undefined ? undefined : decodeFields(head, name).numbers.get(headFields.pagesId);
  if (pagesId === undefined || !Number.isSafeInteger(pagesId)) throw damaged(name, 'it has no head');
  let end = 0;
  const entries = rest.map((message) => {
    const entry = decodeEntry(message, name, covered);
    if (entry.firstPage < end) throw damaged(name, `its pages from page ${entry.firstPage} on are not in order`);
    end = entry.firstPage + entry.pageCount;
    return entry;
  });
  return { pagesId, entries };
}

/** The runs whose bytes the pages image has. Those that touch have become one: they touch in the image too. */
export function presentRuns(entries: readonly PagemapRun[]): readonly PageRun[] {
  const runs: PageRun[] = [];
  for (const { firstPage, pageCount, present } of entries) {
    if (!present) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.firstPage + last.pageCount === firstPage)
      runs[runs.length - 1] = { ...last, pageCount: last.pageCount + pageCount };
    else runs.push({ firstPage, pageCount });
  }
  return runs;
}

function decodeEntry(message: Uint8Array, name: string, covered: boolean): PagemapRun {
  const { numbers } = decodeFields(message, name);
  const address = numbers.get(entryFields.address) ?? Number.NaN;
  const pageCount = numbers.get(entryFields.count) ?? numbers.get(entryFields.oldCount) ?? 0;
  // Before flags existed, every entry was present.
  const flags = numbers.get(entryFields.flags) ?? (numbers.get(entryFields.inParent) === 1 ? entryFlags.inParent : entryFlags.present);
  const firstPage = address / pageSizeBytes;
  // Written so that what is not a number is refused too.
  if (!(Number.isInteger(firstPage) && pageCount > 0 && firstPage + pageCount <= addressablePages))
    throw damaged(name, `an entry has ${pageCount} pages at address ${address}`);
  if ((flags & entryFlags.inParent) !== 0 && !covered) throw damaged(name, 'it refers to an earlier dump');
  return { firstPage, pageCount, present: (flags & entryFlags.present) !== 0, lazy: (flags & entryFlags.lazy) !== 0 };
}
