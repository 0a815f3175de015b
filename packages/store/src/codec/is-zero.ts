import { pageSizeBytes } from '@holdfast/core/basics';

const zeros = Buffer.alloc(16 * pageSizeBytes);

/** Whether these bytes, of one window at most, are all zero. */
export function isZero(bytes: Buffer, offset: number, length: number): boolean {
  return bytes[offset] === 0 && bytes[offset + length - 1] === 0 && bytes.compare(zeros, 0, length, offset, offset + length) === 0;
}
