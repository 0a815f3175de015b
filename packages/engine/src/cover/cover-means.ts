import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { runGuarded } from '../container/guarded.js';
import type { EngineTools } from '../container/tools.js';

/** How CRIU is brought to pass over memory that a covering parent has. */
export interface CoverMeans {
  /** CRIU's cache about this kernel, saying that it marks written pages, which it never does; undefined where it does, so that nobody need be told. */
  readonly cache: string | undefined;
}

export interface CoverSearch {
  readonly tools: Pick<EngineTools, 'criu' | 'guard'>;
  /** What a helper that calls CRIU finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** On a tmpfs: CRIU keeps its cache nowhere else. Made anew. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** Where CRIU looks for its cache; a guarded CRIU finds another one there. */
export const cachePath = '/run/criu.kdat';
const cacheName = 'criu.kdat';
/** Of `has_dirty_track` in CRIU's `struct kerndat_s`, behind two magic numbers, a device, a number and a page frame. */
const marksPosition = 32;
const deadlineMs = 20_000;

/**
 * Asks CRIU whether the kernel marks written pages (soft-dirty). Where it does not, makes a cache that says so, and asks once more: only what that byte, and nothing else,
 * has changed CRIU's mind by is used. Rejects where CRIU cannot be brought to it. The cache is good for this kernel and this CRIU alone.
 */
export async function findCoverMeans(search: CoverSearch): Promise<CoverMeans> {
  const { folder } = search;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (await seesMarks(search)) return { cache: undefined };
  const cache = join(folder, cacheName);
  const bytes = await readFile(cache).catch((cause: unknown) => {
    throw cannotCover('CRIU has kept no cache about this kernel', cause);
  });
  if (bytes[marksPosition] !== 0) throw cannotCover("CRIU's cache about this kernel is not laid out as expected");
  bytes[marksPosition] = 1;
  await writeFile(cache, bytes, { mode: 0o600 });
  if (!(await seesMarks(search))) throw cannotCover('CRIU does not go by its cache about this kernel');
  return { cache };
}

/** In mounts of its own, where the folder is /run: what CRIU keeps of this no other CRIU finds. */
async function seesMarks({ tools, environment, folder, signal }: CoverSearch): Promise<boolean> {
  const log = join(folder, 'check.log');
  const { end } = runGuarded({
    guard: tools.guard,
    command: [tools.criu, 'check', '--feature', 'mem_dirty_track', '--log-file', log],
    deadlineMs,
    hookFolder: undefined,
    log,
    environment,
    signal,
    bind: { source: folder, target: '/run' },
  });
  const ended = await end;
  if (ended.how !== 'ended' || ended.exitCode > 1) throw cannotCover(`CRIU's check of the kernel did not end well (${describe(ended)})`);
  return ended.exitCode === 0;
}

function describe(end: { readonly how: string; readonly exitCode?: number }): string {
  return end.exitCode === undefined ? end.how : `status ${end.exitCode}`;
}

function cannotCover(message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_DUMP_FAILED', {
    message,
    kind: 'missing-requirement',
    retry: 'no',
    operation: 'cover',
    hint: 'snapshots by twin are taken all the same, with a look of CRIU at every page',
    cause,
  });
}
