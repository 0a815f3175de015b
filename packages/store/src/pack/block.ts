import { pageSizeBytes } from '@holdfast/core/basics';

export const blockPages = 256;
export const blockBytes: number = blockPages * pageSizeBytes;
export const blockHeaderBytes = 96;
export const blockIdBytes = 16;
/** Of the header, the digest aside. */
export const blockFieldsBytes = 64;
/** Where the key id lies in the header. */
export const keyIdOffset = 40;
/** In a repository that is not encrypted, and in one that is. */
export const keyIds = { none: 0, dataKey: 1 } as const;
export const extraLimitBytes = 65_536;
export const payloadLimitBytes: number = blockBytes + 65_536;
export const deltaDepthLimit = 8;

export const codecs = { raw: 0, zstd: 1, delta: 2 } as const;

/** A block, its header taken apart; nothing of it is encrypted. */
export interface StoredBlock {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly codec: number;
  readonly pageCount: number;
  readonly extra: Buffer;
  readonly payload: Buffer;
}

/** A block as it lies in a pack: where it is encrypted, extra and payload are. */
export interface ParsedBlock extends StoredBlock {
  readonly keyId: number;
  /** The header's first 64 bytes. */
  readonly fields: Buffer;
  /** Extra and payload, one after the other. */
  readonly body: Buffer;
}
