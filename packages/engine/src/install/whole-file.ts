import { createHash } from 'node:crypto';
import { chmod, chown, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dockerSetup } from './install-errors.js';

/** The text of a file, undefined where there is none. Throws HF_DOCKER_SETUP for a link or what is no file: something else looks after that. */
export async function readWhole(path: string): Promise<string | undefined> {
  try {
    const about = await lstat(path);
    if (!about.isFile())
      throw dockerSetup(
        path,
        about.isSymbolicLink() ? 'is a symbolic link' : 'is no file',
        'Put a file of its own there, or leave it to what manages it',
      );
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The file is the old one or whole, also after a loss of power; one that is there keeps its owner and mode. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const before = await lstat(path).catch(() => undefined);
  const temporary = `${path}.holdfast-new`;
  try {
    await using file = await open(temporary, 'w', 0o600);
    await file.writeFile(text);
    await file.sync();
    if (before !== undefined) await chown(temporary, before.uid, before.gid);
    await chmod(temporary, before === undefined ? mode : before.mode % 0o10000);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
