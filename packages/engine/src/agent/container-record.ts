import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { removeFolder } from '../container/remove-folder.js';
import type { StorageNames } from '../oci/storage-place.js';

/** What the next agent has to know of a container; no secret, and of its environment no more than what names its storage. */
export interface ContainerRecord {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  readonly job: string;
  /** Folder of its OCI bundle. */
  readonly bundle: string;
  /** runc's --root. */
  readonly root: string;
  /** Those that claimed the job for this container; each is noted before it claims. The last is this agent's. */
  readonly attempts: readonly string[];
  /** Where its snapshots are, by the container's own names; undefined of a record by an earlier agent. */
  readonly place?: StorageNames | undefined;
  /** The job's epoch before the first of them claimed it; 0: it had none. */
  readonly epochBefore: number;
}

const recordSchema: z.ZodType<ContainerRecord> = z.object({
  version: z.literal(1),
  id: z.string().min(1),
  name: z.string(),
  job: z.string().min(1),
  bundle: z.string().startsWith('/'),
  root: z.string().startsWith('/'),
  attempts: z.array(z.string()),
  place: z
    .object({ imagePath: z.string().optional(), subpath: z.string().optional() })
    .transform(({ imagePath, subpath }) => ({ imagePath, subpath }))
    .optional(),
  epochBefore: z.int().nonnegative(),
});

/** The folder of all records, and of each container what else the agent keeps of it. */
export function containersDirectory(stateDirectory: string): string {
  return join(stateDirectory, 'agent', 'containers');
}

export function containerDirectory(stateDirectory: string, id: string): string {
  return join(containersDirectory(stateDirectory), id);
}

/** When it was written last, a claim or the creation was noted. */
export function recordFile(stateDirectory: string, id: string): string {
  return join(containerDirectory(stateDirectory, id), 'record.json');
}

/** Whole, or not at all, and durable: what it says of attempts decides whether a container may go on. */
export async function writeContainerRecord(stateDirectory: string, record: ContainerRecord): Promise<void> {
  const directory = containerDirectory(stateDirectory, record.id);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = join(directory, 'record.json.new');
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(record));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, recordFile(stateDirectory, record.id));
}

/** Those that can be read; the folders of the others are left for `deleted`. */
export async function readContainerRecords(stateDirectory: string): Promise<readonly ContainerRecord[]> {
  const ids = await readdir(containersDirectory(stateDirectory)).catch(() => []);
  const records = await Promise.all(ids.map((id) => readContainerRecord(stateDirectory, id)));
  return records.filter((record) => record !== undefined);
}

async function readContainerRecord(stateDirectory: string, id: string): Promise<ContainerRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(recordFile(stateDirectory, id), 'utf8')));
  } catch {
    return undefined;
  }
}

export async function removeContainerRecord(stateDirectory: string, id: string): Promise<void> {
  await removeFolder(containerDirectory(stateDirectory, id));
}
