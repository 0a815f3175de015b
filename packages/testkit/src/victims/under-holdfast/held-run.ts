import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AttemptView, attemptsIn, ownerOf } from './attempt-view.js';
import { numberField, parseReported, type ReportedEvent } from './reported-event.js';

/** One `holdfast run` line and where it keeps its things. Given again it resumes. */
export interface HeldLine extends ConfiguredLine {
  readonly storage: string;
}

/** A line whose storage a configuration file says, which is named among `more`. */
export interface ConfiguredLine {
  /** The command `holdfast`, as a program and its first arguments. */
  readonly holdfast: readonly [string, ...string[]];
  readonly stateDirectory: string;
  readonly job: string;
  /** A duration, such as `1s`. */
  readonly interval: string;
  /** Options beyond those above. */
  readonly more?: readonly string[] | undefined;
  readonly workingDirectory: string;
  readonly command: readonly [string, ...string[]];
  /** Where logs of each attempt go. */
  readonly logs: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export interface End {
  readonly status: number | undefined;
  readonly signal: string | undefined;
}

/** A started `holdfast run`, seen from outside: its events as they are printed, its end. */
export class HeldRun {
  readonly pid: number;
  readonly startedAt: number;
  readonly events: ReportedEvent[] = [];
  readonly ended: Promise<End>;
  /** Where what the job printed lies. */
  readonly printed: string;
  end: End | undefined;
  readonly #child: ChildProcess;
  readonly #stateDirectory: string;
  readonly #log: number;
  readonly #listeners = new Set<() => void>();
  #rest = '';
  #isClosed = false;
  #view: AttemptView | undefined;

  /** `number` names the attempt's logs. Its stdin is empty unless `stdin` is a descriptor. */
  constructor(line: HeldLine | ConfiguredLine, number: number, stdin: number | 'ignore' = 'ignore') {
    this.#stateDirectory = line.stateDirectory;
    this.printed = join(line.logs, `attempt-${number}.stdout`);
    this.#log = openSync(join(line.logs, `attempt-${number}.stderr`), 'w');
    const stdout = openSync(this.printed, 'w');
    const [program, ...first] = line.holdfast;
    const storage = 'storage' in line ? ['--storage', line.storage] : [];
    const options = ['--json', ...storage, '--state-dir', line.stateDirectory, '--job', line.job, '--interval', line.interval];
    this.startedAt = Date.now();
    this.#child = spawn(program, [...first, 'run', ...options, ...(line.more ?? []), '--', ...line.command], {
      cwd: line.workingDirectory,
      env: { ...process.env, ...line.environment },
      stdio: [stdin, stdout, 'pipe'],
      detached: true,
    });
    closeSync(stdout);
    if (this.#child.pid === undefined) throw new Error(`${line.holdfast.join(' ')} could not be started`);
    this.pid = this.#child.pid;
    this.#child.stderr?.on('data', (bytes: Buffer) => this.#hear(bytes));
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (status, signal) => {
        // What it wrote before its end is in the pipe still; the keeper may hold the pipe open for longer than anybody waits.
        setTimeout(() => {
          this.end = { status: status ?? undefined, signal: signal ?? undefined };
          this.#tell();
          resolve(this.end);
        }, 30);
      });
    });
  }

  /** Undefined until the attempt's record is there. */
  view(): AttemptView | undefined {
    if (this.#view === undefined) {
      const told = this.events.find(({ attempt }) => attempt !== undefined)?.attempt;
      const attempt = told ?? attemptsIn(this.#stateDirectory).find((name) => ownerOf(this.#stateDirectory, name) === this.pid);
      if (attempt !== undefined) this.#view = new AttemptView(attempt, this.pid, this.#stateDirectory);
    }
    return this.#view;
  }

  has(type: string): boolean {
    return this.events.some((event) => event.type === type);
  }

  last(type: string): ReportedEvent | undefined {
    return this.events.findLast((event) => event.type === type);
  }

  count(type: string): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** The newest snapshot that was reported as committed; 0 for none. */
  toldSnapshot(): number {
    const last = this.last('snapshot.committed');
    return last === undefined ? 0 : (numberField(last, 'number') ?? 0);
  }

  /** Resolves when the condition holds, looked at after each event; false where the run ended or the time was over before. */
  async until(holds: () => boolean, deadlineMs: number): Promise<boolean> {
    if (holds()) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = (): void => {
      if (holds()) resolve(true);
      else if (this.end !== undefined) resolve(false);
    };
    this.#listeners.add(look);
    const deadline = setTimeout(() => resolve(false), deadlineMs);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(deadline);
      this.#listeners.delete(look);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Gives up the streams, if not done yet; what still holds their other end gets an error on writing, as after a closed terminal. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#child.stderr?.destroy();
    closeSync(this.#log);
  }

  #hear(bytes: Buffer): void {
    if (!this.#isClosed) writeSync(this.#log, bytes);
    const lines = (this.#rest + bytes.toString('utf8')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = parseReported(line);
      if (event !== undefined) this.events.push(event);
    }
    this.#tell();
  }

  #tell(): void {
    for (const look of this.#listeners) look();
  }
}
