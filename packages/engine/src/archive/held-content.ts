import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectSource } from '@holdfast/core';

/** Content that has arrived whole, with its digest. Disposed of when the store has it. */
export interface HeldContent extends AsyncDisposable {
  readonly source: ObjectSource;
  readonly sha256: string;
}

export interface HoldOptions {
  readonly sizeBytes: number;
  /** Up to this it is held in memory; more goes by a file of the folder. */
  readonly inMemoryBytes: number;
  readonly folder: string;
}

/** Takes in content of a known size. Memory and disk grow with what arrives, not with what was announced. */
export async function holdContent(body: AsyncIterable<Buffer>, { sizeBytes, inMemoryBytes, folder }: HoldOptions): Promise<HeldContent> {
  const hash = createHash('sha256');
  if (sizeBytes <= inMemoryBytes) {
    const chunks: Buffer[] = [];
    for await (const chunk of body) {
      hash.update(chunk);
      chunks.push(chunk);
    }
    return { source: { kind: 'bytes', bytes: Buffer.concat(chunks) }, sha256: hash.digest('hex'), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const path = join(folder, 'content');
  const file = await open(path, 'wx', 0o600);
  const dispose = (): Promise<void> => rm(path, { force: true });
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    await file.close();
  }
  return { source: { kind: 'path', path }, sha256: hash.digest('hex'), [Symbol.asyncDispose]: dispose };
}
