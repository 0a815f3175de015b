import { pageSizeBytes } from '@holdfast/core';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';

/** What an attempt puts into a snapshot: of these two alone, so that whoever reads it knows what must be there. */
export function snapshotContent(attempt: string, number: number): Buffer {
  const words = Buffer.from(`${attempt} wrote snapshot ${number}. `);
  return Buffer.concat([Buffer.alloc(pageSizeBytes, words), patternBytes(pageSizeBytes, number)]);
}
