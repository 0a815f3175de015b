import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eachBounded } from '../files/each-bounded.js';

/** A word of a job's memory that is another one after the resume. */
export interface MemoryRewrite {
  /** What it begins with, wherever it stands; ASCII. */
  readonly prefix: string;
  /** The rest, of one length whatever it is; anchored at its end by the caller's shape. */
  readonly rest: RegExp;
  /** Instead of prefix and rest; of the same length, since what stands behind it stays where it is. */
  readonly value: string;
}

export interface RewriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes looked at in one piece. Default 4 MiB. */
  readonly pieceBytes?: number;
}

const pagesImage = /^pages-\d+\.img$/;

/** How programs keep text: as bytes, and as Java, .NET and others with two bytes a character. */
const encodings = ['latin1', 'utf16le'] as const;

/**
 * Changes the word in all memory of a folder of images, private and shared, in place; gives how often it stood there otherwise. What lies across two
 * pages that are neighbours in memory is found, too.
 */
export async function rewriteMemory(folder: string, rewrite: MemoryRewrite, { signal, pieceBytes = 4 << 20 }: RewriteOptions = {}): Promise<number> {
  const names = (await readdir(folder)).filter((name) => pagesImage.test(name));
  let count = 0;
  await eachBounded(names, { concurrency: 2, signal }, async (name) => {
    const file = await open(join(folder, name), 'r+');
    try {
      count += await rewriteFile(file, rewrite, pieceBytes, signal);
    } finally {
      await file.close();
    }
  });
  return count;
}

async function rewriteFile(file: FileHandle, rewrite: MemoryRewrite, pieceBytes: number, signal: AbortSignal | undefined): Promise<number> {
  const words = encodings.map((encoding) => ({
    encoding,
    prefix: Buffer.from(rewrite.prefix, encoding),
    value: Buffer.from(rewrite.value, encoding),
  }));
  const longest = Math.max(...words.map(({ value }) => value.length));
  const buffer = Buffer.allocUnsafe(pieceBytes + longest);
  let count = 0;
  for (let position = 0; ; position += pieceBytes) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    const piece = buffer.subarray(0, bytesRead);
    for (const { encoding, prefix, value } of words) {
      // One that begins in the part that is read again belongs to the next piece.
      for (let at = piece.indexOf(prefix); at >= 0 && at < pieceBytes; at = piece.indexOf(prefix, at + 1)) {
        const found = piece.subarray(at, at + value.length);
        if (found.equals(value) || found.length < value.length || !rewrite.rest.test(found.subarray(prefix.length).toString(encoding))) continue;
        value.copy(piece, at);
        await file.write(value, 0, value.length, position + at);
        count += 1;
      }
    }
    if (bytesRead < buffer.length) return count;
  }
}
