import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every process of a control group and of those below it, as this machine numbers them. Empty where the group is gone. Synchronous as `Freezer` is. */
export function processesOf(cgroupFolder: string): readonly number[] {
  const own = orEmpty(() => readFileSync(join(cgroupFolder, 'cgroup.procs'), 'utf8').split('\n').map(Number));
  const below = orEmpty(() => readdirSync(cgroupFolder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return [...own.filter((pid) => pid > 0), ...below.flatMap(({ name }) => processesOf(join(cgroupFolder, name)))];
}

function orEmpty<Found>(look: () => readonly Found[]): readonly Found[] {
  try {
    return look();
  } catch {
    return [];
  }
}

/** What a dump holds of a process, about. */
const dumped = ['RssAnon', 'RssShmem', 'VmSwap'];
/** What CRIU writes of it into images also where it leaves memory out. */
const neverLeftOut = ['RssShmem', 'VmLck', 'HugetlbPages'];

/**
 * Bytes of memory that the processes hold in frames or in swap; shared memory counts once for each that maps it. `withoutMemory`: what of it goes into a
 * dump that leaves memory out, but for what was written to private mappings of files.
 */
export async function memoryBytesOf(pids: readonly number[], withoutMemory = false): Promise<number> {
  const names = withoutMemory ? neverLeftOut : dumped;
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
      const kibibytes = names.map((name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0));
      return kibibytes.reduce((sum, size) => sum + size, 0) * 1024;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
