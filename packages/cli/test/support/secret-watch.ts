import { readdirSync, readFileSync } from 'node:fs';

/** A process that had a secret where it should not: in its arguments, or in its environment. */
export interface Leak {
  readonly where: 'arguments' | 'environment';
  readonly secret: string;
  readonly program: string;
}

/** A process is looked at as often when it is new: it may have begun as another program. */
const looks = 4;

/** Looks at each process of this machine that comes up, until it is asked what it saw. */
export function watchProcesses(secrets: Readonly<Record<string, string>>, mayKnow: (pid: number, program: string) => boolean): () => readonly Leak[] {
  const leaks = new Map<string, Leak>();
  const looked = new Map<string, number>();
  /** Whether it was seen as one program: while a process becomes another, its line is empty, or no longer the one that its environment belongs to. */
  const look = (pid: string): boolean => {
    const [line, variables, lineAfter] = [read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`), read(`/proc/${pid}/cmdline`)];
    if (line !== lineAfter || (line === '' && variables !== '')) return false;
    // So much of it that the program shows which another one is only to become: `sh -c '… exec "$@"' sh setpriv --pdeathsig=KILL -- juicefs`.
    const program = line.split('\0').slice(0, 8).join(' ');
    for (const [secret, value] of Object.entries(secrets)) {
      if (line.includes(value)) note({ where: 'arguments', secret, program });
      if (variables.includes(value) && !mayKnow(Number(pid), program)) note({ where: 'environment', secret, program });
    }
    return true;
  };
  const note = (leak: Leak): void => void leaks.set(JSON.stringify(leak), leak);
  const processes = (): readonly string[] => readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  const timer = setInterval(() => {
    for (const pid of processes()) {
      const times = looked.get(pid) ?? 0;
      if (times < looks && look(pid)) looked.set(pid, times + 1);
    }
  }, 30);
  return () => {
    clearInterval(timer);
    for (const pid of processes()) look(pid);
    return [...leaks.values()];
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
