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
  const wanted = expectedBytes * 1.25 + gibibyte;
  // What this process's control group leaves it, not only what the machine has.
  const inMemory = process.availableMemory() > wanted && (await freeBytes(places.memoryDirectory)) > wanted;
  const directory = inMemory ? places.memoryDirectory : places.diskDirectory;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return { directory, kind: inMemory ? 'memory' : 'disk' };
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
