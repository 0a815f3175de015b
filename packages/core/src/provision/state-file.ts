import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Puts a text in the place of whatever the file held: read later, by whoever, it is the old text or the new one, complete, also after a loss of power.
 * Several may do so at once. Errors are Node.js's own.
 */
export async function replaceFile(path: string, text: string, mode = 0o600): Promise<void> {
  const directory = dirname(path);
  const unfinished = join(directory, `.new-${randomUUID()}`);
  try {
    {
      await using file = await open(unfinished, 'wx', mode);
      await file.writeFile(text);
      await file.sync();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

/** Makes the removal or the new name of a file in it durable. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path);
  await directory.sync();
}
