import { formatSize } from '@holdfast/core/basics';

/** What a prune gave back. What a reader may still be at, or what is packed with what stays, is freed by a later one; packing anew may even take some. */
export function freedText(freedBytes: number): string {
  return freedBytes > 0 ? `${formatSize(freedBytes)} freed` : 'no space freed yet, a later prune does that';
}
