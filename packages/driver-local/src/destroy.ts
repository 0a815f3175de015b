import { readdir, readFile, rm } from 'node:fs/promises';
import { type CallOptions, HoldfastError, probeDirectory, probeFilePrefix } from '@holdfast/core';
import { fromSystemError, holdsMore } from './errors.js';
import { isMadeByHoldfast, markerName, unfinishedPath } from './provision.js';

/** Removes the directory if `provision` made it; with what it holds only by `force`. */
export async function destroyDirectory(path: string, options?: CallOptions & { readonly force?: boolean }): Promise<void> {
  const operation = 'storage.destroy';
  try {
    await rm(unfinishedPath(path), { recursive: true, force: true });
    if (await isAbsent(path, options)) return;
    const held = (await readdir(path)).filter((name) => name !== markerName && !name.startsWith(probeFilePrefix));
    if (!(await isMadeByHoldfast(path))) {
      if (held.length === 0) return;
      throw holdsMore(
        path,
        'was there before Holdfast and holds files',
        'Remove by hand what you no longer need: Holdfast removes only what it made',
      );
    }
    if (held.length > 0 && options?.force !== true) {
      throw holdsMore(
        path,
        `holds ${held.slice(0, 3).join(', ')}${held.length > 3 ? ' and more' : ''}`,
        'Repeat with --force to remove every snapshot in it',
      );
    }
    await refuseMounts(path);
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw error instanceof HoldfastError ? error : fromSystemError(error, path, operation);
  }
}

async function isAbsent(path: string, options?: CallOptions): Promise<boolean> {
  try {
    await probeDirectory({ path, mode: 'look', operation: 'storage.destroy', signal: options?.signal });
    return false;
  } catch (error) {
    if (error instanceof HoldfastError && error.kind === 'not-found') return true;
    throw error;
  }
}

/** A recursive removal walks into whatever is mounted below: another disk, or a bind of the whole machine. */
async function refuseMounts(path: string): Promise<void> {
  const mountPoints = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => unescape(line.split(' ')[4] ?? ''));
  const inside = mountPoints.find((mountPoint) => mountPoint === path || mountPoint.startsWith(`${path}/`));
  if (inside !== undefined) throw holdsMore(path, `has a mount at '${inside}'`, `Unmount it first: umount '${inside}'`);
}

/** mountinfo writes space, tab, newline and backslash as octal numbers. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/gu, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
