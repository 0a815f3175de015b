import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Of Linux; Node names it not. */
const openPathOnly = 0o10000000;

/**
 * Opens a file whose path has no link in it, from the root down: with ENOTDIR or ELOOP it rejects where one was planted, wherever it leads. Programs that
 * may write to a folder on the way would else choose what is opened.
 */
export async function openPlain(path: string, flags: number): Promise<FileHandle> {
  const parts = path.split('/').filter((part) => part !== '');
  const name = parts.pop() ?? '.';
  let folder = await open('/', openPathOnly | constants.O_DIRECTORY);
  try {
    for (const part of parts) {
      const next = await open(`/proc/self/fd/${folder.fd}/${part}`, openPathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      await folder.close();
      folder = next;
    }
    return await open(`/proc/self/fd/${folder.fd}/${name}`, flags | constants.O_NOFOLLOW);
  } finally {
    await folder.close();
  }
}
