import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Freezer } from '@holdfast/twin';

export const program = join(process.env['HOLDFAST_NATIVE'] ?? '', 'holdfast-twin');

const namespaceLine = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
const initLine = [...namespaceLine, join(process.env['HOLDFAST_NATIVE'] ?? '', 'holdfast-init'), '--'];

const parents = { v1: '/sys/fs/cgroup/freezer', v2: '/sys/fs/cgroup/unified' } as const;

export interface JobOptions {
  readonly kind?: Freezer['kind'];
  /** In a pid namespace whose pid 1 is holdfast-init, as the engine starts a job. */
  readonly underInit?: boolean;
  /** Pid 1 of a pid namespace itself, as in a container without an init. */
  readonly isInit?: boolean;
  /** For the compiler. */
  readonly flags?: readonly string[];
}

/** A program in a control group of its own, and one for its twins. */
export class Job implements AsyncDisposable {
  readonly pid: number;
  readonly freezer: Freezer;
  readonly twinGroup: string;
  /** For files of its own. */
  readonly folder: string;
  readonly #lines: AsyncIterator<string, undefined>;
  readonly #child;
  readonly #hasNamespace: boolean;

  constructor(
    name: string,
    args: readonly string[] | ((folder: string) => readonly string[]) = [],
    { kind = 'v1', underInit = false, isInit = false, flags = [] }: JobOptions = {},
  ) {
    this.#hasNamespace = underInit || isInit;
    this.folder = mkdtempSync(join(tmpdir(), 'holdfast-twin-'));
    // Also of a job that has become another user.
    chmodSync(this.folder, 0o755);
    const binary = join(this.folder, name);
    execFileSync('cc', ['-O1', '-pthread', '-D_GNU_SOURCE', '-o', binary, ...flags, ...sourcesOf(name)]);
    const directory = join(parents[kind], this.folder.slice(tmpdir().length + 1));
    this.freezer = { kind, directory };
    this.twinGroup = `${directory}-twins`;
    mkdirSync(directory);
    mkdirSync(this.twinGroup);
    // The shell joins the group before it becomes the program.
    this.#child = spawn(
      'sh',
      [
        '-c',
        `echo $$ > ${directory}/cgroup.procs && exec "$0" "$@"`,
        ...(underInit ? initLine : isInit ? namespaceLine : []),
        binary,
        ...(typeof args === 'function' ? args(this.folder) : args),
      ],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    this.pid = this.#child.pid ?? 0;
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error('the job printed no more');
    return next.value;
  }

  /** Those of the job's pid namespace, where it has one. */
  processes(): readonly number[] {
    return this.#hasNamespace ? this.members().filter((pid) => innerPids(pid).length > 1) : this.members();
  }

  /** The program, which may be deeper, sees it. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.processes().find((pid) => innerPids(pid).at(-1) === 1) ?? this.pid, signal);
  }

  members(): readonly number[] {
    return readFileSync(join(this.freezer.directory, 'cgroup.procs'), 'utf8').trim().split('\n').filter(Boolean).map(Number);
  }

  async freeze(): Promise<void> {
    await this.#set(true);
  }

  async thaw(): Promise<void> {
    await this.#set(false);
  }

  isFrozen(): boolean {
    const v1 = this.freezer.kind === 'v1';
    const text = readFileSync(join(this.freezer.directory, v1 ? 'freezer.state' : 'cgroup.events'), 'utf8');
    return v1 ? text.startsWith('FROZEN') : text.includes('frozen 1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended =
      this.#child.exitCode !== null || this.#child.signalCode !== null ? undefined : new Promise((resolve) => this.#child.once('exit', resolve));
    await this.thaw();
    for (let members = this.members(); members.length > 0; members = this.members()) {
      for (const pid of members) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It was faster.
        }
      }
      await delay(5);
    }
    await ended;
    for (const group of [this.twinGroup, this.freezer.directory]) await removeGroup(group);
    rmSync(this.folder, { recursive: true });
  }

  /** To its standard input. */
  write(text: string): void {
    this.#child.stdin.write(text);
  }

  async stop(): Promise<void> {
    process.kill(this.pid, 'SIGSTOP');
    while (this.state() !== 'T') await delay(1);
  }

  state(): string {
    return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? '';
  }

  /** A limit for the processes that there are by now, and that many in all. */
  limitProcesses(count: number): AsyncDisposable & { raise(): void } {
    const group = join('/sys/fs/cgroup/pids', this.folder.slice(tmpdir().length + 1));
    mkdirSync(group);
    for (const pid of this.members()) writeFileSync(join(group, 'cgroup.procs'), String(pid));
    const set = (limit: string): void => writeFileSync(join(group, 'pids.max'), limit);
    set(String(count));
    const leave = async (): Promise<void> => {
      for (const pid of this.members()) writeFileSync('/sys/fs/cgroup/pids/cgroup.procs', String(pid));
      await removeGroup(group);
    };
    return { raise: () => set('max'), [Symbol.asyncDispose]: leave };
  }

  async #set(frozen: boolean): Promise<void> {
    const { kind, directory } = this.freezer;
    const [file, word] = kind === 'v1' ? ['freezer.state', frozen ? 'FROZEN' : 'THAWED'] : ['cgroup.freeze', frozen ? '1' : '0'];
    for (let turn = 0; turn === 0 || this.isFrozen() !== frozen; turn++) {
      // Version 1 looks again only when it is told again.
      if (turn % 20 === 0) writeFileSync(join(directory, file), word);
      await delay(1);
    }
  }
}

/** The program, and what lies in a folder of its name. */
function sourcesOf(name: string): readonly string[] {
  const folder = fileURLToPath(new URL('./programs/', import.meta.url));
  const parts = existsSync(join(folder, name)) ? readdirSync(join(folder, name)).filter((file) => file.endsWith('.c')) : [];
  return [join(folder, `${name}.c`), ...parts.map((file) => join(folder, name, file))];
}

/** A killed process stays in its group for a moment. */
async function removeGroup(directory: string): Promise<void> {
  for (let turn = 0; ; turn++) {
    try {
      return rmdirSync(directory);
    } catch (error) {
      if (turn === 500) throw error;
      await delay(10);
    }
  }
}

/** Its number in each namespace; none where it has gone meanwhile. */
export function innerPids(pid: number): readonly number[] {
  const line = /^NSpid:\s+(.*)$/m.exec(readStatus(`/proc/${pid}/status`));
  return line?.[1]?.split('\t').map(Number) ?? [];
}

function readStatus(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
