import { open } from 'node:fs/promises';
import { complaints } from '../errors.js';

const endBytes = 32 * 1024;

/** The last warnings and errors that a mount's log holds behind `from`, a position in it. */
export async function recentComplaints(file: string, from: number): Promise<readonly string[]> {
  try {
    await using log = await open(file);
    const { size } = await log.stat();
    const start = Math.max(from > size ? 0 : from, size - endBytes);
    const { buffer, bytesRead } = await log.read(Buffer.alloc(size - start), 0, size - start, start);
    return complaints(buffer.toString('utf8', 0, bytesRead));
  } catch {
    return [];
  }
}

export async function logSize(file: string): Promise<number> {
  try {
    await using log = await open(file);
    return (await log.stat()).size;
  } catch {
    return 0;
  }
}
