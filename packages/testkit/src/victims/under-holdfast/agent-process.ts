import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseReported, type ReportedEvent } from './reported-event.js';

/** `holdfast agent`, seen from outside: what it prints. */
export class AgentProcess {
  readonly events: ReportedEvent[] = [];
  /** When the container was started whose events are to come. */
  startedAt: number = Date.now();
  readonly #child: ChildProcess;
  readonly #log: string;

  constructor([program, ...first]: readonly [string, ...string[]], words: readonly string[], environment: NodeJS.ProcessEnv, log: string) {
    this.#log = log;
    this.#child = spawn(program, [...first, 'agent', '--json', ...words], { env: environment, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    if (this.#child.stderr === null) throw new Error('the agent has no stream for errors');
    const file = createWriteStream(log);
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      file.write(`${line}\n`);
      const event = parseReported(line);
      if (event !== undefined) this.events.push(event);
    });
  }

  /** Resolves once it answers the launchers of containers. Rejects as `until` does. */
  async serves(): Promise<void> {
    await this.until(
      'word that it serves',
      ({ type }) => type === 'agent.serving',
      60_000,
      () => undefined,
    );
  }

  /** Resolves with the first event that is so, told since it began. Rejects where the agent ends before, or the time is over. */
  async until(what: string, holds: (event: ReportedEvent) => boolean, deadlineMs: number, tell: () => void): Promise<ReportedEvent> {
    const end = performance.now() + deadlineMs;
    for (;;) {
      const ended = this.hasEnded();
      tell();
      const found = this.events.find(holds);
      if (found !== undefined) return found;
      if (ended) throw new Error(`the agent ended before ${what}: ${this.#log} has what it said`);
      if (performance.now() > end) throw new Error(`no ${what} within ${deadlineMs / 1000} s: ${this.#log} has what the agent said`);
      await delay(50);
    }
  }

  hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
