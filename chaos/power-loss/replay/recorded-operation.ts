import type { Report } from '../reports.ts';

/** One file or directory, whatever its names. */
export type Inode = number;

/** An operation that succeeded, in the order in which they ended. `startedAt` is the number of operations that had ended when it began. */
export type RecordedOperation =
  | { readonly kind: 'create'; readonly directory: Inode; readonly name: string; readonly inode: Inode }
  | { readonly kind: 'make-directory'; readonly directory: Inode; readonly name: string; readonly inode: Inode }
  | { readonly kind: 'write'; readonly inode: Inode; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly inode: Inode; readonly sizeBytes: number }
  | { readonly kind: 'sync-file'; readonly inode: Inode; readonly startedAt: number }
  | { readonly kind: 'sync-directory'; readonly inode: Inode; readonly startedAt: number }
  | { readonly kind: 'link'; readonly directory: Inode; readonly name: string; readonly inode: Inode }
  | { readonly kind: 'remove'; readonly directory: Inode; readonly name: string }
  | {
      readonly kind: 'rename';
      readonly fromDirectory: Inode;
      readonly fromName: string;
      readonly directory: Inode;
      readonly name: string;
      readonly inode: Inode;
    }
  | { readonly kind: 'report'; readonly report: Report };

/** The repository's root, which was there and durable before. */
export const rootInode: Inode = 0;
