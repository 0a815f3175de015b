import { readFileSync } from 'node:fs';

/** Names a process so that another one with the same number is never mistaken for it. */
export interface ProcessIdentity {
  readonly bootId: string;
  readonly pid: number;
  /** When it started, in clock ticks since boot. */
  readonly startTicks: number;
}

/** Synchronous: the files are the kernel's own and never wait for a disk. */
export function ownProcessIdentity(): ProcessIdentity {
  const identity = processIdentity(process.pid);
  if (identity === undefined) throw new TypeError('/proc does not show this process');
  return identity;
}

/** Undefined where no such process runs. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  return stat === undefined || stat.state === 'Z' ? undefined : { bootId: currentBootId(), pid, startTicks: stat.startTicks };
}

/** True while that very process runs. A zombie is dead: it holds nothing any more. */
export function isProcessAlive({ bootId, pid, startTicks }: ProcessIdentity): boolean {
  if (bootId !== currentBootId()) return false;
  const stat = readStat(pid);
  return stat !== undefined && stat.startTicks === startTicks && stat.state !== 'Z' && stat.state !== 'X';
}

function currentBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function readStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** True once a process is on its way out, or gone: it runs no instruction of its own any more, although it may still wait for somebody. */
export function isEnding(pid: number): boolean {
  const stat = readStat(pid);
  return stat === undefined || stat.state === 'Z' || stat.state === 'X' || (stat.flags & exiting) !== 0;
}

/** Undefined where there is no such process. */
export function parentOf(pid: number): number | undefined {
  return readStat(pid)?.parentPid;
}

/** The kernel's PF_EXITING. */
const exiting = 0x4;

export interface ProcessStat {
  readonly state: string;
  readonly parentPid: number;
  readonly flags: number;
  readonly startTicks: number;
}

/** Parses /proc/PID/stat. The program's name may hold blanks and parentheses: the last one ends it. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid, flags, startTicks] = [fields[0], Number(fields[1]), Number(fields[6]), Number(fields[19])];
  if (state === undefined || ![parentPid, flags, startTicks].every(Number.isInteger)) return undefined;
  return { state, parentPid, flags, startTicks };
}
