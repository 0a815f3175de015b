import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keeperName, pidFileOption } from './keeper-arguments.js';

export interface KeeperProcess {
  readonly pid: number;
  /** The folder of its run, wherever that lies on this machine. */
  readonly runDirectory: string;
}

/** Every keeper of this user's that runs on this machine, whichever state directory it belongs to. Another user's is not believed. */
export async function keeperProcesses(): Promise<readonly KeeperProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number);
  return (await Promise.all(pids.map(keeperOf))).filter((each) => each !== undefined);
}

async function keeperOf(pid: number): Promise<KeeperProcess | undefined> {
  const folder = `/proc/${pid}`;
  try {
    if ((await readFile(`${folder}/comm`, 'latin1')).trim() !== keeperName) return undefined;
    if ((await stat(folder)).uid !== process.geteuid?.()) return undefined;
    const words = (await readFile(`${folder}/cmdline`, 'utf8')).split('\0');
    const pidFile = words[words.indexOf(pidFileOption) + 1];
    return words.includes(pidFileOption) && pidFile !== undefined ? { pid, runDirectory: dirname(pidFile) } : undefined;
  } catch {
    // Gone meanwhile.
    return undefined;
  }
}
