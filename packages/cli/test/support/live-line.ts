import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const main = resolve(import.meta.dirname, '../../lib/main.js');

/** Why the compiled command cannot run jobs here; undefined where it can. */
export function missingHere(): string | undefined {
  if (process.getuid?.() !== 0) return 'root';
  const folder = mkdtempSync(join(tmpdir(), 'hf-cli-live-doctor-'));
  const doctor = spawnSync(process.execPath, [main, 'doctor', '--state-dir', folder], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return doctor.status === 0 ? undefined : `what holdfast doctor names:\n${doctor.stdout}${doctor.stderr}`;
}

export interface LiveLine {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  stdout(): Buffer;
  stderr(): string;
  /** Resolves when stderr has the text; rejects where the command ends before. */
  says(text: string): Promise<void>;
  /** The exit status; 128 + n is the shell's word, so a signal is undefined here. */
  readonly status: Promise<number | null>;
}

/** A machine of its own for one test: working directory, state, storage. */
export class LiveMachine implements Disposable {
  readonly folder: string;
  readonly work: string;

  readonly #variables: Readonly<Record<string, string>>;

  private constructor(folder: string, variables: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#variables = variables;
    this.work = join(folder, 'work');
  }

  /** With further variables in the environment of each command. */
  static async create(variables: Readonly<Record<string, string>> = {}): Promise<LiveMachine> {
    const machine = new LiveMachine(await mkdtemp(join(tmpdir(), 'hf-cli-live-')), variables);
    await mkdir(machine.work);
    return machine;
  }

  start(...argv: readonly string[]): LiveLine {
    const environment = { ...process.env, ...this.#variables, HOLDFAST_STATE_DIR: join(this.folder, 'state') };
    const child = spawn(process.execPath, [main, ...argv], { cwd: this.work, env: environment, stdio: 'pipe' });
    const printed: Buffer[] = [];
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const status = once(child, 'close').then(() => child.exitCode);
    return { child, stdout: () => Buffer.concat(printed), stderr: () => said, says: (text) => waitFor(child, text, () => said), status };
  }

  async run(...argv: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const line = this.start(...argv);
    line.child.stdin.end();
    const status = await line.status;
    return { status, stdout: line.stdout().toString(), stderr: line.stderr() };
  }

  [Symbol.dispose](): void {
    this.remove();
  }

  remove(): void {
    spawnSync('rm', ['-rf', '--one-file-system', this.folder]);
  }
}

async function waitFor(child: LiveLine['child'], text: string, said: () => string): Promise<void> {
  while (!said().includes(text)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended without saying '${text}':\n${said()}`);
    await Promise.race([once(child.stderr, 'data'), once(child, 'close')]);
  }
}
