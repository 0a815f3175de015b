import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JuicefsConfig } from './config.js';

/** Removes what the clients of a volume that is no more left on this machine: their cache of it, and their log. */
export async function forgetHere({ mount }: JuicefsConfig, uuid: string | undefined): Promise<void> {
  await rm(mount.logFile, { force: true });
  // Whatever else the metadata engine says it is called, is no folder to be removed.
  if (uuid === undefined || !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(uuid)) return;
  for (const directory of mount.cacheDirectories) await rm(join(directory, uuid), { recursive: true, force: true });
}
