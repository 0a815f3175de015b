import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CrashState } from './crash-state.ts';
import { type Inode, rootInode } from './recorded-operation.ts';

/** Makes the state below `folder`, which must not exist. What no directory names is not there. */
export async function writeCrashState({ files, directories }: CrashState, folder: string): Promise<void> {
  await writeDirectory(rootInode, folder);

  async function writeDirectory(inode: Inode, path: string): Promise<void> {
    await mkdir(path, { mode: 0o700 });
    for (const [name, child] of directories.get(inode) ?? []) {
      const childPath = join(path, name);
      if (directories.has(child)) await writeDirectory(child, childPath);
      else await writeFile(childPath, files.get(child) ?? '', { mode: 0o600 });
    }
  }
}
