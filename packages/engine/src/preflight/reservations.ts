import { readFile } from 'node:fs/promises';
import type { CallOptions, CheckpointReader } from '@holdfast/core';
import { imageKey, imageName } from '../images/memory-keys.js';
import { decodeReservedBytes } from '../images/reserved-areas.js';

/** What this machine promises of memory. */
export interface PromisedMemory {
  /** The most for one area; infinite where it promises anything. */
  readonly eachBytes: number;
  /** The most for all together. */
  readonly allBytes: number;
}

/**
 * What keeps a snapshot from being resumed lazily, since CRIU then makes each private area one that can be written to, for which the kernel must promise memory;
 * where all memory comes first it does so only of areas that hold some. Undefined where nothing does.
 */
export async function reservationObstacle(
  reader: Pick<CheckpointReader, 'objects' | 'read'>,
  promised: () => Promise<PromisedMemory> = readPromised,
  options: CallOptions = {},
): Promise<string | undefined> {
  const names = reader.objects.flatMap(({ key }) => imageName(key) ?? []).filter((name) => /^mm-\d+\.img$/.test(name));
  const reserved = await Promise.all(names.map(async (name) => decodeReservedBytes(await reader.read(imageKey(name), options), name)));
  const areas = reserved.flat();
  const [most, sum] = [areas.reduce((a, b) => Math.max(a, b), 0), areas.reduce((a, b) => a + b, 0)];
  const { eachBytes, allBytes } = await promised();
  if (most > eachBytes) return reason(most, 'in one piece', eachBytes);
  return sum > allBytes ? reason(sum, 'in all', allBytes) : undefined;
}

function reason(bytes: number, how: string, mostBytes: number): string {
  return `it keeps ${gibibytes(bytes)} of addresses free ${how}, which CRIU would have to be promised as memory, and this machine promises ${gibibytes(mostBytes)}`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

async function readPromised(): Promise<PromisedMemory> {
  return promisedBy(await readFile('/proc/meminfo', 'latin1'), await readFile('/proc/sys/vm/overcommit_memory', 'latin1'));
}

/** By the texts of `/proc/meminfo` and of `/proc/sys/vm/overcommit_memory`. */
export function promisedBy(meminfo: string, overcommit: string): PromisedMemory {
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  const infinite = Number.POSITIVE_INFINITY;
  switch (Number(overcommit)) {
    case 1:
      return { eachBytes: infinite, allBytes: infinite };
    case 2: {
      const allBytes = Math.max(0, bytes('CommitLimit') - bytes('Committed_AS'));
      return { eachBytes: allBytes, allBytes };
    }
    default:
      return { eachBytes: bytes('MemTotal') + bytes('SwapTotal'), allBytes: infinite };
  }
}
