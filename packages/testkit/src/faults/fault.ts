/** One injury to one file, or to two. Paths are relative to the repository's root. */
export type Fault =
  | { readonly kind: 'flip'; readonly path: string; readonly offset: number; readonly mask: number }
  | { readonly kind: 'truncate'; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'remove'; readonly path: string }
  /** The two files exchange their contents. */
  | { readonly kind: 'swap'; readonly path: string; readonly other: string };
