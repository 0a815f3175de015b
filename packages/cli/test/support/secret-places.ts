import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Command lines of this machine's processes. */
export async function commandLinesWith(secret: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((words) => words.includes(secret));
}

/** Leaves out the storage, whose snapshots hold the job's memory, and the machine's root, which is bound below a bundle. */
export async function filesWith(secret: string, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !['storage', 'rootfs', 'staging'].includes(entry.name)) found.push(...(await filesWith(secret, path)));
    else if (entry.isFile() && (await readFile(path).catch(() => Buffer.alloc(0))).includes(secret)) found.push(path);
  }
  return found;
}
