/** Bytes of a page: the grain of every extent and of every comparison, on all machines. */
export const pageSizeBytes = 4096;

/**
 * A run of pages that an object has: `pageCount` pages from page number `firstPage` on.
 * For memory the page number is the virtual address divided by the page size, for a file the offset.
 */
export interface PageRun {
  readonly firstPage: number;
  readonly pageCount: number;
}

/** A run together with where its bytes lie in the source. */
export interface SourceExtent extends PageRun {
  /** Offset in the source file. Bytes past the end of the last page of a `file` object read as zero. */
  readonly sourceOffset: number;
  /** Which source that is: the object's `source` where it is absent or 0, else so manieth of its `furtherSources`, counted from 1. */
  readonly sourceIndex?: number | undefined;
}

/** `memory`: one address space or shared segment. `file`: one regular file. `image`: one of the capturer's own small files. */
export type ObjectKind = 'memory' | 'file' | 'image';

/** Where the bytes of an object come from: a path that the store's process can read, or the bytes themselves. */
export type ObjectSource = { readonly kind: 'path'; readonly path: string | Uint8Array } | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** A sparse array of pages under a key that is unique in its snapshot and the same in the next one. */
export interface ObjectInput {
  /** Any string of at most 4,200 bytes; keys of files hold path bytes as latin1. */
  readonly key: string;
  readonly kind: ObjectKind;
  /** Exact length of a file or image; for memory the sum of its pages. */
  readonly sizeBytes: number;
  readonly source: ObjectSource;
  /** Where an object's bytes lie in several places: memory that was copied in part. */
  readonly furtherSources?: readonly ObjectSource[] | undefined;
  /** Sorted by page, not overlapping. What is between them does not exist: a hole, or memory that is not there. */
  readonly extents: readonly SourceExtent[];
  /**
   * The key of an object put before this one whose pages this one's most likely equal at the same page numbers: the process that this one was forked
   * from. A hint, so that such pages are kept once: whatever it names, there or not, alike or not, the object is stored as it is.
   */
  readonly like?: string;
  /**
   * Where the pages of the parent's object of the same key can be read until the writer is committed or given up, so that changed pages may be stored as
   * the difference to them. A hint: what is not there, or not what the parent had, is left out of account.
   */
  readonly previous?: Pick<ObjectInput, 'source' | 'extents'> | undefined;
  /**
   * Pages of which the caller knows that they are, byte for byte, those of the parent's object of the same key. They may be left unread, so this must be
   * right: it is no hint. Sorted, not overlapping. Of no effect without such an object.
   */
  readonly unchanged?: readonly PageRun[] | undefined;
}

export interface CheckpointObject {
  readonly key: string;
  readonly kind: ObjectKind;
  readonly sizeBytes: number;
  readonly runs: readonly PageRun[];
}

/** `sparse`: every page at its page number times the page size, cut to the size (files). `packed`: the runs back to back (CRIU's pages images). */
export type ObjectLayout = 'sparse' | 'packed';
