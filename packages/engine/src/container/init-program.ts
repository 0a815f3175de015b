import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The init goes along with the job: CRIU refuses a program file of another size, so a later Holdfast brings the one that the job was
 * started with. Its file in the images has the name `holdfast-init-HASH`.
 */
const prefix = 'holdfast-init-';

export async function initNameOf(program: string): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(program))
    .digest('hex');
  return `${prefix}${digest.slice(0, 16)}`;
}

/** True for a name that `initNameOf` gives. */
export function isInitName(name: string): boolean {
  return new RegExp(`^${prefix}[0-9a-f]{16}$`).test(name);
}

/** Puts a copy of the program under its name into the folder. */
export async function placeInit(program: string, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const path = join(folder, name);
  await copyFile(program, path);
  await chmod(path, 0o755);
}
