import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLog } from '../container/read-log.js';
import { removeFolder } from '../container/remove-folder.js';

const mostFolders = 20;

/** Where the logs of a job's dumps and restores are kept, whose container asks for it by MMC_CHECKPOINT_DIAGNOSIS. */
export function diagnosisDirectory(stateDirectory: string, job: string): string {
  return join(stateDirectory, 'agent', 'diagnosis', job);
}

/** Keeps a log's beginning and end of each in the work folder of one dump or restore; of a job the last twenty. Never rejects: the job is worth more. */
export async function keepLogs(directory: string, what: 'dump' | 'restore', work: string, at: Date): Promise<void> {
  try {
    const names = (await readdir(work)).filter((name) => /\.(?:log|out)$/.test(name));
    const folder = join(directory, `${at.toISOString().replaceAll(/[:.]/g, '-')}-${what}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of names) await writeFile(join(folder, name), await readLog(join(work, name)), { mode: 0o600 });
    const kept = (await readdir(directory)).sort();
    for (const old of kept.slice(0, -mostFolders)) await removeFolder(join(directory, old));
  } catch {
    // As if nobody had asked.
  }
}
