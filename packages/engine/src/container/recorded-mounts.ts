import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import type { TrackedRoot } from '../files/tracked-root.js';
import { leadsToOne } from './hung-mounts.js';
import { initFolder, type JobMount } from './job-mounts.js';

/** What is kept with a snapshot of one mount. */
export interface RecordedMount extends JobMount {
  /** True for a bind of a single file. */
  readonly file?: boolean;
}

const mountsSchema: z.ZodType<readonly RecordedMount[]> = z.array(
  z.object({
    destination: z.string().startsWith('/'),
    type: z.string(),
    source: z.string(),
    options: z.array(z.string()),
    root: z.string().exactOptional(),
    file: z.boolean().exactOptional(),
  }),
);

export async function recordMounts(mounts: readonly JobMount[]): Promise<readonly RecordedMount[]> {
  return Promise.all(
    mounts.map(async (mount) => ({
      ...mount,
      ...(mount.type === 'bind' && (await isFile(mount.source)) ? { file: true } : {}),
    })),
  );
}

export function parseRecordedMounts(value: unknown): readonly RecordedMount[] {
  const parsed = mountsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: `the snapshot's list of mounts is not whole: ${z.prettifyError(parsed.error)}`,
    kind: 'corrupt',
    operation: 'restore',
  });
}

export interface PlacedMounts {
  readonly mounts: readonly JobMount[];
  readonly warnings: readonly string[];
}

/** The same destinations with this machine's sources. What this machine lacks, or has on a file system that is `hung`, becomes something empty of the job's own, with a warning. */
export async function placeMounts(
  recorded: readonly RecordedMount[],
  roots: readonly TrackedRoot[],
  folders: { readonly init: string; readonly missing: string },
  hung: ReadonlySet<string> = new Set(),
): Promise<PlacedMounts> {
  const warnings: string[] = [];
  const mounts: JobMount[] = [];
  for (const { file = false, ...mount } of recorded) {
    if (mount.type !== 'bind') mounts.push(mount);
    else if (mount.destination === initFolder) mounts.push({ ...mount, source: folders.init });
    else if (mount.root !== undefined) mounts.push({ ...mount, source: hostPathOf(mount.root, roots) });
    else if (!leadsToOne(mount.source, hung) && (await kindOf(mount.source)) === (file ? 'file' : 'folder')) mounts.push(mount);
    else {
      mounts.push({ ...mount, source: await makeEmpty(folders.missing, mounts.length, file) });
      warnings.push(`${mount.source} is not on this machine, or does not answer: the job finds it empty`);
    }
  }
  return { mounts, warnings };
}

function hostPathOf(id: string, roots: readonly TrackedRoot[]): string {
  const root = roots.find((one) => one.id === id);
  if (root !== undefined) return root.hostPath;
  throw new HoldfastError('HF_RESTORE_REFUSED', {
    message: `the snapshot has a mount of the tracked folder ${id}, which is not among those of this restore`,
    kind: 'invalid-argument',
    operation: 'restore',
  });
}

async function makeEmpty(folder: string, index: number, file: boolean): Promise<string> {
  const path = join(folder, String(index));
  await mkdir(file ? folder : path, { recursive: true, mode: 0o755 });
  if (file) await writeFile(path, '', { mode: 0o644 });
  return path;
}

async function isFile(path: string): Promise<boolean> {
  return (await kindOf(path)) === 'file';
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? 'folder' : 'file';
}
