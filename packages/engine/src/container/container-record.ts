import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ProcessIdentity } from './process-identity.js';

/** What this machine keeps of a container, so that what is left of it can be found when nobody else remembers. */
export interface ContainerRecord {
  readonly version: 1;
  readonly id: string;
  readonly cgroupPath: string;
  /** Folder of the freezer's control group. */
  readonly freezerFolder: string;
  /** Absent until it runs. */
  readonly keeper?: ProcessIdentity;
}

const recordSchema: z.ZodType<ContainerRecord> = z.object({
  version: z.literal(1),
  id: z.string(),
  cgroupPath: z.string(),
  freezerFolder: z.string(),
  keeper: z.object({ bootId: z.string(), pid: z.number().int(), startTicks: z.number().int() }).exactOptional(),
});

/** Whole or not at all; not synced: after a loss of power nothing is left to end. */
export async function writeContainerRecord(path: string, record: ContainerRecord): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Undefined where there is none that can be read. */
export async function readContainerRecord(path: string): Promise<ContainerRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
