import { pageSizeBytes } from '@holdfast/core';
import { PagemapEntry, PagemapHead } from './criu-messages.js';
import { damaged, messagesOf } from './image-file.js';

const pagemapMagic = 0x56084025;
const [inParentFlag, lazyFlag, presentFlag] = [1, 2, 4];

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
  if (head === undefined) throw damaged(name, 'it has no head');
  const { pagesId } = PagemapHead.toObject(PagemapHead.decode(head), plain) as { readonly pagesId: number };
  return { pagesId, entries: rest.map((message) => decodeEntry(message, name)) };
}

interface Entry {
  readonly vaddr: number;
  readonly compatPageCount: number;
  readonly pageCount: number;
  readonly inParent: boolean;
  readonly flags: number;
}

const plain = { longs: Number, defaults: true } as const;

function decodeEntry(message: Uint8Array, name: string): PagemapRun {
  const { vaddr, compatPageCount, pageCount, inParent, flags } = PagemapEntry.toObject(PagemapEntry.decode(message), plain) as Entry;
  const count = pageCount || compatPageCount;
  if (vaddr % pageSizeBytes !== 0 || count === 0) throw damaged(name, `an entry has ${count} pages at address ${vaddr}`);
  if (inParent || (flags & inParentFlag) !== 0) throw damaged(name, 'it refers to an earlier dump');
  // Before flags existed, every entry was present.
  const present = (flags & presentFlag) !== 0 || (flags & lazyFlag) === 0;
  return { firstPage: vaddr / pageSizeBytes, pageCount: count, present };
}
