import { HoldfastError } from '@holdfast/core/basics';
import type { FileOperations, OpenFile, SyncPoint } from './file-operations.js';
import { isStale, systemCode } from './system-errors.js';

/** Writes all of it, whatever the system takes at a time. */
export async function writeFully(file: OpenFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const taken = await file.write(bytes.subarray(done), position + done);
    if (taken <= 0)
      throw new HoldfastError('HF_STORAGE_IO', { message: 'The storage takes no more bytes', kind: 'unavailable', operation: 'store.write' });
    done += taken;
  }
}

/** Reads until `target` is full or the file ends; tells how much it got. */
export async function readFully(file: OpenFile, target: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const got = await file.read(target.subarray(done), position + done);
    if (got <= 0) break;
    done += got;
  }
  return done;
}

/** So often is a file opened that is replaced whenever it is read. */
const looksLimit = 4;

/**
 * Opens a regular file for reading and closes it again; anything that is not a regular file is refused. Where it was replaced while it was open, it is opened
 * anew and `work` begins again.
 */
export async function withFile<T>(files: FileOperations, path: string, work: (file: OpenFile, sizeBytes: number) => Promise<T>): Promise<T> {
  for (let looks = 1; ; looks += 1) {
    const file = await files.open(path, 'read');
    try {
      return await workOn(file, path, work);
    } catch (error) {
      if (looks === looksLimit || !isStale(error)) throw error;
    } finally {
      await file.close();
    }
  }
}

async function workOn<T>(file: OpenFile, path: string, work: (file: OpenFile, sizeBytes: number) => Promise<T>): Promise<T> {
  const info = await file.info();
  if (info.type === 'file') return await work(file, info.sizeBytes);
  throw new HoldfastError('HF_STORAGE_IO', {
    message: `${path} is not a regular file`,
    kind: 'conflict',
    hint: 'Nothing but regular files belongs there',
  });
}

/** A whole file, or undefined where there is none. `tooLarge` makes the error for one above the limit. */
export async function readWholeFile(
  files: FileOperations,
  path: string,
  limitBytes: number,
  tooLarge: (sizeBytes: number) => Error,
): Promise<Buffer | undefined> {
  try {
    return await withFile(files, path, async (file, sizeBytes) => {
      if (sizeBytes > limitBytes) throw tooLarge(sizeBytes);
      const bytes = Buffer.allocUnsafe(sizeBytes);
      return bytes.subarray(0, await readFully(file, bytes, 0));
    });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates a file exclusively with this content; synced where a point is named. A failure leaves the file behind, never synced again. */
export async function writeNewFile(files: FileOperations, path: string, parts: readonly Uint8Array[], point: SyncPoint | undefined): Promise<void> {
  const file = await files.open(path, 'create');
  try {
    let position = 0;
    for (const part of parts) {
      await writeFully(file, part, position);
      position += part.length;
    }
    if (point !== undefined) await file.sync(point);
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
}

/** Removes a file; absence is success. */
export async function removeIfThere(files: FileOperations, path: string | Uint8Array): Promise<boolean> {
  try {
    await files.remove(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
