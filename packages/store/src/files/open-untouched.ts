import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { systemCode } from './system-errors.js';

export type OpenCall = (path: string | Buffer, flags: number) => Promise<FileHandle>;

/** Opens a file so that reading it leaves its access time; only its owner, or root, may ask for that, so others open it as usual. */
export async function openUntouched(path: string | Buffer, flags: number, call: OpenCall = open): Promise<FileHandle> {
  try {
    return await call(path, flags | constants.O_NOATIME);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') throw error;
    return await call(path, flags);
  }
}
