import { readFileSync } from 'node:fs';

/** A process of a job. */
export interface JobProcess {
  /** As this machine numbers it, its parent too. */
  readonly pid: number;
  readonly parentPid: number;
  /** As CRIU's images number it: as it is numbered for the job's init. */
  readonly imagePid: number;
}

/**
 * One look at each process; those that are gone are left out, all of them where the init is. Synchronous, so that a job that stands still waits neither for
 * other work's turn nor for a thread that is free: those of Node's pool may all wait for a disk or a network. These files are the kernel's own.
 */
export function describeProcesses(pids: readonly number[], initPid: number, proc = '/proc'): readonly JobProcess[] {
  const level = (describe(initPid, proc)?.numbers.length ?? 0) - 1;
  if (level < 0) return [];
  return pids.flatMap((pid) => {
    const found = describe(pid, proc);
    return found === undefined ? [] : [{ pid, parentPid: found.parentPid, imagePid: found.numbers[level] ?? pid }];
  });
}

export function pidsOf(processes: readonly JobProcess[]): readonly number[] {
  return processes.map(({ pid }) => pid);
}

interface Described {
  readonly parentPid: number;
  /** What it is called in each namespace of processes that it is seen in: by this machine first. */
  readonly numbers: readonly number[];
}

function describe(pid: number, proc: string): Described | undefined {
  try {
    // Node reads UTF-8 in one go; names are all that may be something else.
    const status = readFileSync(`${proc}/${pid}/status`, 'utf8');
    const [, parent = '0'] = /^PPid:\s+(\d+)$/m.exec(status) ?? [];
    const [, numbers = String(pid)] = /^NSpid:\s+(.*)$/m.exec(status) ?? [];
    return { parentPid: Number(parent), numbers: numbers.split(/\s+/).map(Number) };
  } catch {
    return undefined;
  }
}
