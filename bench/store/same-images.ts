import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const chunkBytes = 8 * 1024 * 1024;

/** Throws, naming the first difference, unless both folders have the same files with the same bytes. */
export async function assertSameImages(original: string, restored: string, who: string): Promise<void> {
  const [wanted, got] = await Promise.all([readdir(original), readdir(restored)]);
  const names = wanted.toSorted();
  if (names.join('\n') !== got.toSorted().join('\n')) throw new Error(`${who} restored the files ${got.join(', ')} instead of ${names.join(', ')}`);
  for (const name of names) {
    const differsAt = await firstDifference(join(original, name), join(restored, name));
    if (differsAt !== undefined) throw new Error(`${who} restored ${name} wrong: it differs at byte ${differsAt}`);
  }
}

async function firstDifference(left: string, right: string): Promise<number | undefined> {
  await using one = await open(left);
  await using other = await open(right);
  const [a, b] = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)];
  for (let at = 0; ; ) {
    const [{ bytesRead: inOne }, { bytesRead: inOther }] = await Promise.all([one.read(a, 0, chunkBytes, at), other.read(b, 0, chunkBytes, at)]);
    const bytes = Math.min(inOne, inOther);
    if (a.compare(b, 0, bytes, 0, bytes) !== 0) return at + a.subarray(0, bytes).findIndex((byte, index) => byte !== b[index]);
    if (bytes === 0) return inOne === inOther ? undefined : at;
    at += bytes;
  }
}
