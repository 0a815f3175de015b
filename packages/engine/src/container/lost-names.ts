import { lstat, readdir, readlink, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import type { FilePlaces } from '../files/file-places.js';
import type { TrackedRoot } from '../files/tracked-root.js';
import type { TreeTable } from '../files/tree-table.js';
import { type LinkRemap, readLinkRemaps } from '../images/link-remaps.js';
import { asBytes, asLatin1 } from './host-path.js';

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
  readonly size: bigint;
}

/** A file of which CRIU made a name of its own. */
export interface LostFile extends LinkRemap {
  readonly inode: Inode | undefined;
  /** Another name of it in the same folder, where no tracked root has that; as the job sees it. */
  readonly nearby: string | undefined;
}

/**
 * Finds, while the job is frozen, which files it holds open under a name that is gone. CRIU has linked such files under names of its own and removed
 * those again; a restore needs them. What the tables of the tracked roots will tell is left to `recordLostNames`: the job waits. `places`: of a job with a
 * file system of its own.
 */
export async function findLostFiles(
  imagesDirectory: string,
  pids: readonly number[],
  roots: readonly TrackedRoot[],
  places?: FilePlaces,
): Promise<readonly LostFile[]> {
  const remaps = await readLinkRemaps(imagesDirectory);
  if (remaps.length === 0) return [];
  return Promise.all(
    remaps.map(async (remap) => {
      const inode = await inodeOf(remap.original, pids);
      const folder = dirname(remap.original);
      return {
        ...remap,
        inode,
        nearby: inode === undefined || (await isTracked(folder, inode, roots)) ? undefined : await findIn(folder, inode, places),
      };
    }),
  );
}

/**
 * Writes another name of each lost file beside the images, from the tables of the same freeze. Rejects with HF_DUMP_FAILED where a file has no name
 * in a tracked folder, since it would not come back.
 */
export async function recordLostNames(
  imagesDirectory: string,
  lost: readonly LostFile[],
  roots: readonly TrackedRoot[],
  tables: ReadonlyMap<string, { readonly table: TreeTable }>,
  places?: FilePlaces,
): Promise<void> {
  if (lost.length === 0) return;
  const names: LostName[] = [];
  for (const file of lost) {
    const name =
      file.nearby ?? nameInRoots(file, roots, tables) ?? (places === undefined ? undefined : await nameInPlaces(file, roots, tables, places));
    if (name === undefined) throw withoutName(file);
    names.push({ link: file.link, name });
  }
  await writeFile(join(imagesDirectory, lostNamesFile), JSON.stringify(names), { mode: 0o600 });
}

type Tables = Parameters<typeof recordLostNames>[3];

function nameInRoots({ inode }: LostFile, roots: readonly TrackedRoot[], tables: Tables): string | undefined {
  const sought = inode === undefined ? undefined : `f:${inode.dev}:${inode.ino}`;
  for (const { id, destination } of roots) {
    const table = tables.get(id)?.table;
    if (table === undefined) continue;
    for (let index = 0; index < table.count; index += 1) {
      if (table.inode(index) === sought) return join(asLatin1(destination), table.path(index));
    }
  }
  return undefined;
}

/**
 * An overlay has numbers of its own for files, and the table of its upper directory those of the file system below. So the names of the files of this size
 * are asked where the job sees them.
 */
async function nameInPlaces({ inode }: LostFile, roots: readonly TrackedRoot[], tables: Tables, places: FilePlaces): Promise<string | undefined> {
  for (const { id, destination } of roots) {
    const table = tables.get(id)?.table;
    for (let index = 0; index < (table?.count ?? 0); index += 1) {
      const entry = table?.entry(index);
      if (entry?.type !== 'f' || BigInt(entry.sizeBytes) !== inode?.size) continue;
      const name = join(asLatin1(destination), entry.path);
      const hostPath = places.hostPathOf(name);
      const found = hostPath === undefined ? undefined : await lstat(asBytes(hostPath), { bigint: true }).catch(() => undefined);
      if (found?.ino === inode.ino && found.dev === inode.dev) return name;
    }
  }
  return undefined;
}

function withoutName({ original }: LostFile): HoldfastError {
  return new HoldfastError('HF_DUMP_FAILED', {
    message: `the job has ${Buffer.from(original, 'latin1').toString()} open, which was removed under that name, and its other name is in no tracked folder`,
    kind: 'unsupported',
    operation: 'dump',
    hint: 'name the folder with its other name with --track; a container needs that name on a file system that is captured',
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

/** What is mounted inside a root is not the root's. */
async function isTracked(folder: string, { dev }: Inode, roots: readonly TrackedRoot[]): Promise<boolean> {
  const root = roots.find(({ destination }) => `${folder}/`.startsWith(`${asLatin1(destination)}/`));
  return root !== undefined && (await lstat(root.hostPath, { bigint: true })).dev === dev;
}

/** The path, as the job sees it, of the file with this inode in the same folder; without places the machine has that at the same path. */
async function findIn(folder: string, inode: Inode, places: FilePlaces | undefined): Promise<string | undefined> {
  const hostFolder = places === undefined ? folder : places.hostPathOf(folder);
  if (hostFolder === undefined) return undefined;
  const entries = await readdir(asBytes(hostFolder), { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
  for (const entry of entries) {
    const name = entry.name.toString('latin1');
    const found = entry.isFile() ? await lstat(asBytes(join(hostFolder, name)), { bigint: true }).catch(() => undefined) : undefined;
    if (found?.ino === inode.ino && found.dev === inode.dev) return join(folder, name);
  }
  return undefined;
}
