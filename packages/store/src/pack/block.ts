import { pageSizeBytes } from '@holdfast/core';

export const blockPages = 256;
export const blockBytes: number = blockPages * pageSizeBytes;
export const blockHeaderBytes = 96;
export const blockIdBytes = 16;
export const extraLimitBytes = 65_536;
export const payloadLimitBytes: number = blockBytes + 65_536;
export const deltaDepthLimit = 8;

export const codecs = { raw: 0, zstd: 1, delta: 2 } as const;

/** A block as it lies in a pack, its header taken apart. */
export interface StoredBlock {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly codec: number;
  readonly pageCount: number;
  readonly extra: Buffer;
  readonly payload: Buffer;
}
