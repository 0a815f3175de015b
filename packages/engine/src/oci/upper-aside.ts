import { lstat, opendir, readdir, rename } from 'node:fs/promises';
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

/** What was put back in part, on its way out. */
export function discardedFolder({ upperDirectory }: Upper): string {
  return join(dirname(upperDirectory), 'holdfast-discarded');
}

export async function isAside(upper: Upper): Promise<boolean> {
  return lstat(asideFolder(upper)).then(
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
