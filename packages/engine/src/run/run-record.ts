import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProcessIdentity } from '../container/process-identity.js';

/** What a machine remembers of an attempt while it runs, so that the next one can end what is left of it. Holds no environment and no secret. */
export interface RunRecord {
  readonly version: 1;
  readonly job: string;
  readonly attempt: string;
  readonly repositoryId: string;
  readonly containerId: string;
  readonly owner: ProcessIdentity;
  readonly startedAt: string;
  /** Folders outside the run's own that the job still needs after Holdfast died. */
  readonly folders: readonly string[];
  /** Folders of snapshots under way: worth nothing without Holdfast. */
  readonly stagingFolders: readonly string[];
  /** The job and those that it was forked from; the job alone where it is absent. */
  readonly family?: readonly string[];
  /** Where the job's files lie on this machine; absent until that is known. */
  readonly paths?: readonly string[];
}

export function runsDirectory(stateDirectory: string): string {
  return join(stateDirectory, 'runs');
}

export function runDirectory(stateDirectory: string, attempt: string): string {
  return join(runsDirectory(stateDirectory), attempt);
}

/** Of the folder of a run. */
export function stateDirectoryOf(directory: string): string {
  return dirname(dirname(directory));
}

export function containerIdOf(attempt: string): string {
  return `holdfast-${attempt}`;
}

/** Written whole by a rename: a reader sees a complete record or none. */
export async function writeRunRecord(directory: string, record: RunRecord): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = join(directory, 'run.json.tmp');
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(record)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(directory, 'run.json'));
}

export interface FoundRun {
  readonly directory: string;
  /** Undefined where the attempt died before its record was written. */
  readonly record: RunRecord | undefined;
}

export async function findRuns(stateDirectory: string): Promise<readonly FoundRun[]> {
  const names = await readdir(runsDirectory(stateDirectory)).catch(() => []);
  return Promise.all(
    names.map(async (name) => {
      const directory = join(runsDirectory(stateDirectory), name);
      return { directory, record: await readRunRecord(directory) };
    }),
  );
}

/** Undefined where there is none, or none that this version knows. */
export async function readRunRecord(directory: string): Promise<RunRecord | undefined> {
  const text = await readFile(join(directory, 'run.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as RunRecord;
    return record.version === 1 ? record : undefined;
  } catch {
    return undefined;
  }
}
