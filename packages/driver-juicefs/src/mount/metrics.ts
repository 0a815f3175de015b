import type { CallOptions } from '@holdfast/core';
import { readFromMount } from './look-at-mount.js';

/** What of the client's hundreds of numbers tells how it fares, under names of ours. */
const told: Readonly<Record<string, string>> = {
  uptimeSeconds: 'juicefs_uptime',
  memoryBytes: 'juicefs_memory',
  bufferBytes: 'juicefs_used_buffer_size_bytes',
  openFiles: 'juicefs_fuse_open_handlers',
  stagedBlocks: 'juicefs_staging_blocks',
  stagedBytes: 'juicefs_staging_block_bytes',
  cacheBytes: 'juicefs_blockcache_bytes',
  cacheHits: 'juicefs_blockcache_hits',
  cacheMisses: 'juicefs_blockcache_miss',
  objectUploads: 'juicefs_object_request_uploading',
  objectErrors: 'juicefs_object_request_errors',
};

/** Undefined where the client does not answer. */
export async function readMetrics(path: string, options: CallOptions): Promise<Readonly<Record<string, number>> | undefined> {
  const stats = await readFromMount(path, '.stats', 3000, options);
  return stats === undefined ? undefined : metricsOf(stats);
}

/** Pure. What this version of the client does not count is left out. */
export function metricsOf(stats: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, theirs]) => {
      const value = metric(stats, theirs);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** The value of one metric of `.stats`. */
export function metric(stats: string, name: string): number | undefined {
  const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'mu').exec(stats)?.[1];
  return value === undefined ? undefined : Number(value);
}
