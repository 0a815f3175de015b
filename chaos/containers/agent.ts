import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseReported, type ReportedEvent } from '@holdfast/testkit/victims';

/** `holdfast agent`, several of them one after the other, and all that they said. */
export class Agents implements AsyncDisposable {
  readonly events: ReportedEvent[] = [];
  readonly #command: readonly [string, ...string[]];
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;

  constructor(command: readonly [string, ...string[]], log: string) {
    this.#command = command;
    this.#log = createWriteStream(log);
  }

  /** Resolves once it serves. */
  async start(): Promise<void> {
    const [program, ...words] = this.#command;
    const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    if (child.stderr === null) throw new Error('the agent has no stream for errors');
    const lines = createInterface({ input: child.stderr });
    const serving = Promise.withResolvers<void>();
    lines.on('line', (line) => {
      this.#log.write(`${line}\n`);
      const event = parseReported(line);
      if (event !== undefined) this.events.push(event);
      if (event?.type === 'agent.serving') serving.resolve();
    });
    child.once('exit', (code, signal) => serving.reject(new Error(`the agent ended with ${code ?? signal} before it served`)));
    await serving.promise;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    this.#log.end();
  }
}
