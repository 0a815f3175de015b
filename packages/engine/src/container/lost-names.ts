import { lstat, readdir, readlink, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import type { TrackedRoot } from '../files/tracked-root.js';
import { type LinkRemap, readLinkRemaps } from '../images/link-remaps.js';
import { asBytes, asLatin1, hostPathOf } from './host-path.js';

/** What a restore does for a file that was opened under a name that is gone: `link` becomes a hard link of `name`. Paths as the job sees them, bytes as latin1. */
export interface LostName {
  readonly link: string;
  readonly name: string;
}

/** Beside CRIU's images, and stored with them. */
export const lostNamesFile = 'holdfast-links.json';

interface Inode {
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * Finds, while the job is frozen, another name of each file that it holds open under a name that is gone. CRIU has linked such files
 * under names of its own and removed those again; a restore needs them. Rejects with HF_DUMP_FAILED where a file has no name
 * in a tracked folder, since it would not come back.
 */
export async function recordLostNames(imagesDirectory: string, pids: readonly number[], roots: readonly TrackedRoot[]): Promise<void> {
  const remaps = await readLinkRemaps(imagesDirectory);
  if (remaps.length === 0) return;
  const names: LostName[] = [];
  for (const remap of remaps) names.push({ link: remap.link, name: await anotherName(remap, pids, roots) });
  await writeFile(join(imagesDirectory, lostNamesFile), JSON.stringify(names), { mode: 0o600 });
}

async function anotherName({ original }: LinkRemap, pids: readonly number[], roots: readonly TrackedRoot[]): Promise<string> {
  const inode = await inodeOf(original, pids);
  const folder = dirname(original);
  const name =
    inode === undefined ? undefined : ((await findIn(folder, hostPathOf(folder, roots), inode, false)) ?? (await findInRoots(roots, inode)));
  if (name !== undefined) return name;
  throw new HoldfastError('HF_DUMP_FAILED', {
    message: `the job has ${Buffer.from(original, 'latin1').toString()} open, which was removed under that name, and its other name is in no tracked folder`,
    kind: 'unsupported',
    operation: 'dump',
    hint: 'name the folder with its other name with --track',
  });
}

async function inodeOf(path: string, pids: readonly number[]): Promise<Inode | undefined> {
  for (const pid of pids) {
    for (const kind of ['fd', 'map_files']) {
      for (const entry of await readdir(`/proc/${pid}/${kind}`).catch(() => [])) {
        const link = `/proc/${pid}/${kind}/${entry}`;
        if ((await readlink(link, 'latin1').catch(() => '')) === `${path} (deleted)`) return stat(link, { bigint: true });
      }
    }
  }
  return undefined;
}

async function findInRoots(roots: readonly TrackedRoot[], inode: Inode): Promise<string | undefined> {
  for (const { destination, hostPath } of roots) {
    const found = await findIn(asLatin1(destination), asLatin1(hostPath), inode, true);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The job's path of the file with this inode. */
async function findIn(jobFolder: string, hostFolder: string, inode: Inode, deep: boolean): Promise<string | undefined> {
  const entries = await readdir(asBytes(hostFolder), { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
  for (const entry of entries) {
    const name = entry.name.toString('latin1');
    const [jobPath, hostPath] = [join(jobFolder, name), join(hostFolder, name)];
    if (entry.isFile()) {
      const found = await lstat(asBytes(hostPath), { bigint: true }).catch(() => undefined);
      if (found?.ino === inode.ino && found.dev === inode.dev) return jobPath;
    } else if (deep && entry.isDirectory()) {
      const found = await findIn(jobPath, hostPath, inode, true);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
