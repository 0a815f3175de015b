import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const program = fileURLToPath(new URL('./reader.ts', import.meta.url));

/** Reads a job's repository through a mount of its own, while another writes. */
export class SecondMount implements AsyncDisposable {
  readonly wrong: string[] = [];
  readonly #verified: number[] = [];
  readonly #child: ChildProcess;

  constructor(root: string, job: string) {
    this.#child = spawn(process.execPath, [program, root, job], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (this.#child.stdout === null) throw new Error('the reader has no stdout');
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(line));
  }

  /** How often the newest snapshot was chosen and found whole. */
  get verifiedCount(): number {
    return this.#verified.length;
  }

  /** How many different snapshots that were. */
  get snapshotCount(): number {
    return new Set(this.#verified).size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // On a mount that hangs it may not die: it is not waited for.
    this.#child.kill('SIGKILL');
    this.#child.stdout?.destroy();
    this.#child.unref();
  }

  #hear(line: string): void {
    const { type, number, message } = JSON.parse(line) as { type: string; number?: number; message?: string };
    if (type === 'verified' && number !== undefined) this.#verified.push(number);
    if (type === 'wrong') this.wrong.push(`the second mount chose snapshot ${number ?? 'unknown'}: ${message}`);
  }
}
