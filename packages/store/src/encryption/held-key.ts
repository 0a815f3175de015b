/**
 * What opens a repository that was opened before, whatever key of the user's its data key is under meanwhile. A secret as great as the data key itself:
 * for memory, and for channels between processes of one owner, never for a file.
 */
export interface HeldKey {
  readonly repositoryId: string;
  readonly dataKey: Uint8Array;
}
