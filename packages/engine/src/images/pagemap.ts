import { pageSizeBytes } from '@holdfast/core';
import { damaged, messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';

const pagemapMagic = 0x56084025;
const headFields = { pagesId: 1 };
/** `count` came with CRIU 4.2; before it there was but the 32-bit `oldCount`, which is still written where it is large enough. */
const entryFields = { address: 1, oldCount: 2, inParent: 3, flags: 4, count: 5 };
const entryFlags = { inParent: 1, lazy: 2, present: 4 };

export interface PagemapRun {
  /** Address divided by the page size. */
  readonly firstPage: number;
  readonly pageCount: number;
  /** True where the pages image has the bytes; runs that are present lie in it back to back, in this order. */
  readonly present: boolean;
}

export interface Pagemap {
  /** Which `pages-N.img` has the bytes. */
  readonly pagesId: number;
  readonly entries: readonly PagemapRun[];
}

/** Decodes `pagemap-*.img`. Throws with kind `corrupt` for what is not whole, and for pages that lie in another dump's images. */
export function decodePagemap(bytes: Uint8Array, name: string): Pagemap {
  const [head, ...rest] = messagesOf(bytes, name, pagemapMagic);
  const pagesId = head === undefined ? undefined : decodeFields(head, name).numbers.get(headFields.pagesId);
  if (pagesId === undefined) throw damaged(name, 'it has no head');
  return { pagesId, entries: rest.map((message) => decodeEntry(message, name)) };
}

function decodeEntry(message: Uint8Array, name: string): PagemapRun {
  const { numbers } = decodeFields(message, name);
  const address = numbers.get(entryFields.address);
  const pageCount = numbers.get(entryFields.count) ?? numbers.get(entryFields.oldCount) ?? 0;
  // Before flags existed, every entry was present.
  const flags = numbers.get(entryFields.flags) ?? (numbers.get(entryFields.inParent) === 1 ? entryFlags.inParent : entryFlags.present);
  if (address === undefined || address % pageSizeBytes !== 0 || pageCount === 0) {
    throw damaged(name, `an entry has ${pageCount} pages at address ${address ?? 'none'}`);
  }
  if ((flags & entryFlags.inParent) !== 0) throw damaged(name, 'it refers to an earlier dump');
  return { firstPage: address / pageSizeBytes, pageCount, present: (flags & entryFlags.present) !== 0 };
}
