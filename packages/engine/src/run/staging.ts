import { mkdir, statfs } from 'node:fs/promises';

const gibibyte = 1024 ** 3;

export interface StagingPlaces {
  readonly memoryDirectory: string;
  readonly diskDirectory: string;
}

/**
 * Where a plain dump of `expectedBytes` goes: memory (tmpfs) where it clearly fits beside what the machine needs, else disk.
 * Never the shared storage: a frozen job must not wait for a network.
 */
export async function chooseStaging(
  places: StagingPlaces,
  expectedBytes: number,
): Promise<{ readonly directory: string; readonly kind: 'memory' | 'disk' }> {
  const wanted = roomForDump(expectedBytes);
  // What this process's control group leaves it, not only what the machine has.
  const inMemory = process.availableMemory() > wanted && (await freeBytes(places.memoryDirectory)) > wanted;
  const directory = inMemory ? places.memoryDirectory : places.diskDirectory;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return { directory, kind: inMemory ? 'memory' : 'disk' };
}

/** What has to be free for a dump of so many bytes to fit clearly. */
export function roomForDump(expectedBytes: number): number {
  return expectedBytes * 1.25 + gibibyte;
}

async function freeBytes(directory: string): Promise<number> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
