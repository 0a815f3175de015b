import { readdir, readFile } from 'node:fs/promises';

/** Set in the environment of every helper that is started for a container (never in the job's), so that it can be found when its parents are gone. */
export const markName = 'HOLDFAST_CONTAINER';

export interface MarkedProcess {
  readonly pid: number;
  /** The program's name, at most 15 characters. */
  readonly name: string;
}

/** Every running process that was started on behalf of the container: its keeper, a guard, runc, CRIU and what it was about to restore. */
export async function markedProcesses(containerId: string): Promise<readonly MarkedProcess[]> {
  const mark = `${markName}=${containerId}`;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      if (pid === process.pid) return undefined;
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (!environment.split('\0').includes(mark)) return undefined;
      return { pid, name: (await readFile(`/proc/${pid}/comm`, 'latin1').catch(() => '')).trim() };
    }),
  );
  return found.filter((one) => one !== undefined);
}
