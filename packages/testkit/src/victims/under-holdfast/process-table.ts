import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessLine {
  readonly pid: number;
  readonly parentPid: number;
  readonly state: string;
  /** When it started, in clock ticks since boot: with the number it names one process for good. */
  readonly startTicks: number;
}

/** Synchronous, so that what was seen still holds when the next line acts on it. A zombie counts as gone: undefined. */
export function readProcess(pid: number): ProcessLine | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? 'X';
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, parentPid: Number(fields[1]), state, startTicks: Number(fields[19]) };
}

export function allPids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The direct children of a process, of all its threads. */
export function childrenOf(pid: number): readonly number[] {
  let threads: readonly string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return threads.flatMap((thread) => numbersIn(readText(`/proc/${pid}/task/${thread}/children`)));
}

/** Children, their children, and so on; the process itself is not among them. */
export function descendantsOf(pid: number): readonly number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap((child) => descendantsOf(child))];
}

export function commandLineOf(pid: number): readonly string[] {
  return (readText(`/proc/${pid}/cmdline`) ?? '').split('\0').filter((word) => word !== '');
}

export function environmentOf(pid: number): readonly string[] {
  return (readText(`/proc/${pid}/environ`) ?? '').split('\0');
}

/** The processes of a control group and of those below it. */
export function pidsOfGroup(folder: string): readonly number[] {
  let below: readonly string[];
  try {
    below = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [`${folder}/${entry.name}`] : []));
  } catch {
    return [];
  }
  return [...numbersIn(readText(`${folder}/cgroup.procs`)), ...below.flatMap((group) => pidsOfGroup(group))];
}

export function numbersIn(text: string | undefined): readonly number[] {
  return (text ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number);
}

export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** Sends SIGKILL; false where it is gone already. */
export function killPid(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
