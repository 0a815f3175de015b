import { dirname } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import type { FileOperations, SyncPoint } from './file-operations.js';
import { temporaryName } from './names.js';
import { systemCode } from './system-errors.js';
import { readWholeFile, removeIfThere, writeNewFile } from './whole-files.js';

/**
 * Creates a file with all of its content at once, durably, by at most one caller ever. Tells whether this one did.
 * The content is synced under a temporary name and linked to the final one: see docs/format.md, "Exclusive creation".
 */
export async function createExclusively(
  files: FileOperations,
  path: string,
  content: Uint8Array,
  file: SyncPoint,
  directory: SyncPoint,
): Promise<boolean> {
  const temporary = temporaryName(path);
  try {
    await writeNewFile(files, temporary, [content], file);
    const won = await linkOnce(files, temporary, path, content);
    if (won) await files.syncDirectory(dirname(path), directory);
    return won;
  } finally {
    await removeIfThere(files, temporary).catch(() => false);
  }
}

async function linkOnce(files: FileOperations, temporary: string, path: string, content: Uint8Array): Promise<boolean> {
  try {
    await files.link(temporary, path);
    return true;
  } catch (error) {
    // NFS repeats a request whose answer was lost: the failure may be the echo of a success.
    const links = await linksOf(files, temporary);
    if (links === 2) return true;
    const code = systemCode(error);
    // A prune takes the temporary files of epochs that are over: then what lies there decides, and what is not there was not won.
    if (links === undefined && (code === 'EEXIST' || code === 'ENOENT')) return await hasContent(files, path, content);
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS' || code === 'EOPNOTSUPP') {
      throw new HoldfastError('HF_UNSUPPORTED', {
        message: `The storage at ${dirname(path)} has no hard links, so nobody can be made the only owner of a job there`,
        kind: 'unsupported',
        hint: 'Use storage with hard links: a local file system, NFS, Lustre or JuiceFS',
        cause: error,
      });
    }
    throw error;
  }
}

/** Undefined where the file is gone. */
async function linksOf(files: FileOperations, path: string): Promise<number | undefined> {
  try {
    return (await files.inspect(path)).links;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function hasContent(files: FileOperations, path: string, content: Uint8Array): Promise<boolean> {
  const found = await readWholeFile(files, path, content.length, () => new RangeError(path)).catch((error: unknown) => {
    if (error instanceof RangeError) return undefined;
    throw error;
  });
  return found?.equals(content) === true;
}
