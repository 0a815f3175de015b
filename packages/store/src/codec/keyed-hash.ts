export const hashLength = 16;

/** Names of the format. BLAKE3 withstands who chooses content and sees hashes; XXH3 is faster. */
export const hashKinds = ['xxh3-128', 'blake3-128'] as const;
export type HashKind = (typeof hashKinds)[number];

/** A hash of 16 bytes under a secret of the repository, by which changed pages are told from unchanged ones. */
export interface KeyedHash {
  /** True where computing it takes longer than having it computed by another thread. */
  readonly isSlow: boolean;

  /** Writes the hash of `bytes` into `target` at `offset`. */
  into(target: Uint8Array, offset: number, bytes: Uint8Array): void;

  /** Tells whether the hash of `bytes` is what `expected` holds at `offset`. */
  equals(expected: Uint8Array, offset: number, bytes: Uint8Array): boolean;
}
