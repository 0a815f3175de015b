import { execFile } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Takes every file below a folder out of the page cache, by `measure`, the compiled measure.c. */
export async function forgetFiles(measure: string, folder: string): Promise<void> {
  await promisify(execFile)(measure, ['--forget', folder], { timeout: 300_000 });
}

/** Reads every file below a folder, so that it is in the page cache. */
export async function readFiles(folder: string): Promise<void> {
  for await (const entry of glob('**', { cwd: folder, withFileTypes: true })) if (entry.isFile()) await readFile(join(entry.parentPath, entry.name));
}
