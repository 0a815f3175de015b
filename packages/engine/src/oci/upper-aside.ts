import { lstat, mkdir, opendir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeFolder } from '../container/remove-folder.js';
import type { OverlayDescription } from './overlay-description.js';

type Upper = Pick<OverlayDescription, 'upperDirectory'>;

export interface KeptAside {
  readonly folder: string;
  /** Those of earlier starts that went for it. */
  readonly removed: readonly string[];
}

const keptPrefix = 'holdfast-before-';
/** Of one container. They are the user's, and take the user's disk: they go with the container. */
const mostKept = 3;

/**
 * Where a container's own upper directory waits while a snapshot's is put in its place: beside it, on the same file system, so that it is renamed and never
 * copied, and goes with the container. It is there only as long as nobody knows whether the resume is good.
 */
export function asideFolder({ upperDirectory }: Upper): string {
  return join(dirname(upperDirectory), 'holdfast-aside');
}

/** What is nobody's, on its way in or out. */
function discardedFolder({ upperDirectory }: Upper): string {
  return join(dirname(upperDirectory), 'holdfast-discarded');
}

/** In a folder that holds nothing of anybody's: an empty one, or what was put back in part. */
const refuseName = 'holdfast-refuse';

/** Whether what lies aside is the container's own. */
export async function isAside(upper: Upper): Promise<boolean> {
  const aside = asideFolder(upper);
  return (await isThere(aside)) && !(await isThere(join(aside, refuseName)));
}

/** Gives each of two paths what the other names, in one step. */
export type Exchange = (one: string, other: string) => Promise<void>;

/**
 * Puts the upper directory aside, an empty one of nobody's owner and mode in its place. There is always one, whenever this is killed, since Docker mounts nothing without: the
 * two are exchanged, and a mark says which of them is the container's. A repeat is harmless: what was put aside first stays.
 */
export async function putAside(upper: Upper, exchange: Exchange): Promise<void> {
  if (!(await isAside(upper))) {
    const empty = discardedFolder(upper);
    await discard(upper);
    await mkdir(empty, { mode: 0o700 });
    await markRefuse(empty);
    await rename(empty, asideFolder(upper));
    // A container's own file of that name would make all of it refuse.
    await rm(join(upper.upperDirectory, refuseName), { recursive: true, force: true });
    await exchange(upper.upperDirectory, asideFolder(upper));
  }
  await rm(join(upper.upperDirectory, refuseName), { force: true });
}

/** Puts what lies aside back in its place, and removes what was there; the same holds. Where nothing lies aside nothing is done. */
export async function putBack(upper: Upper, exchange: Exchange): Promise<void> {
  if (await isAside(upper)) {
    await markRefuse(upper.upperDirectory);
    await exchange(upper.upperDirectory, asideFolder(upper));
  }
  await discard(upper);
}

/** Removes what nobody wants; under a name of its own, so that no part of it is taken for more. */
async function discard(upper: Upper): Promise<void> {
  const discarded = discardedFolder(upper);
  await removeFolder(discarded);
  if (!(await isThere(asideFolder(upper)))) return;
  await rename(asideFolder(upper), discarded);
  await removeFolder(discarded);
}

async function markRefuse(folder: string): Promise<void> {
  // What is put back may have made something else of that name.
  await rm(join(folder, refuseName), { recursive: true, force: true });
  await writeFile(join(folder, refuseName), '', { flag: 'wx' });
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * The resume was good: what the container had before gets a name of its own, and stays; of several starts the last three. Undefined where there was nothing but
 * folders. A repeat is harmless.
 */
export async function keepAside(upper: Upper, at: Date): Promise<KeptAside | undefined> {
  const aside = asideFolder(upper);
  if (!(await isAside(upper))) return undefined;
  if (!(await hasFiles(aside))) {
    await removeFolder(aside);
    return undefined;
  }
  const parent = dirname(aside);
  const folder = join(parent, `${keptPrefix}${at.toISOString().replaceAll(/[:.]/g, '-')}`);
  await rename(aside, folder);
  const kept = (await readdir(parent)).filter((name) => name.startsWith(keptPrefix)).sort();
  const removed = kept.slice(0, -mostKept).map((name) => join(parent, name));
  for (const old of removed) await removeFolder(old);
  return { folder, removed };
}

async function hasFiles(folder: string): Promise<boolean> {
  for await (const entry of await opendir(folder)) {
    if (!entry.isDirectory() || (await hasFiles(join(folder, entry.name)))) return true;
  }
  return false;
}
