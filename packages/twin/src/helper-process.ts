import type { ChildProcessByStdio } from 'node:child_process';
import type { Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { PageRun } from '@holdfast/core';
import {
  changedWords,
  dropWords,
  forkWords,
  type HelperLine,
  parseHelperLine,
  parseRuns,
  parseTwins,
  protocolVersion,
  sweepWords,
} from './helper-lines.js';
import { twinRefused } from './refusals.js';
import type { DropRequest, ForkRequest, SweepRequest, Twin, TwinHelper } from './types.js';

/** What the helper may take beyond the deadline of a request, to undo what it began, until it is taken for hung and killed. */
const graceMs = 10_000;
/** Comparing page frames takes about 50 ms a GiB. */
const changedDeadlineMs = 120_000;
const endMs = 5000;

type Answer = Exclude<HelperLine, { readonly type: 'hello' }> | undefined;

/** The client of one holdfast-twin. */
export class HelperProcess implements TwinHelper {
  readonly gone: Promise<void>;
  /** Resolves at its first line; false where it ends before, or speaks another version. */
  readonly isReady: Promise<boolean>;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #next = 1;
  #isGone = false;

  constructor(child: ChildProcessByStdio<Writable, Readable, null>, lines: Interface) {
    this.#child = child;
    const ready = Promise.withResolvers<boolean>();
    const gone = Promise.withResolvers<void>();
    this.isReady = ready.promise;
    this.gone = gone.promise;
    lines.on('line', (line) => {
      const said = parseHelperLine(line);
      if (said?.type === 'hello') ready.resolve(said.version === protocolVersion);
      else if (said !== undefined) this.#settle(said.id, said);
    });
    const ended = (): void => {
      this.#isGone = true;
      ready.resolve(false);
      for (const id of this.#waiting.keys()) this.#settle(id, undefined);
      gone.resolve();
    };
    child.stdin.on('error', () => undefined);
    // `close` comes after the last line, `error` where nothing was started.
    child.on('close', ended);
    child.on('error', ended);
  }

  async fork(request: ForkRequest): Promise<readonly Twin[]> {
    const words = await this.#ask('twin.fork', forkWords(request), request.deadlineMs + graceMs);
    return parseTwins(words[1]);
  }

  async changedPages(pid: number, runs: readonly PageRun[]): Promise<readonly PageRun[]> {
    const words = await this.#ask('twin.compare', changedWords(pid, runs), changedDeadlineMs);
    return parseRuns(words[0]);
  }

  async drop(request: DropRequest): Promise<void> {
    await this.#ask('twin.drop', dropWords(request), request.deadlineMs + graceMs);
  }

  async sweep(request: SweepRequest): Promise<void> {
    await this.#ask('twin.sweep', sweepWords(request), request.deadlineMs + graceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), endMs);
    await this.gone;
    clearTimeout(late);
  }

  async #ask(operation: string, request: readonly string[], deadlineMs: number): Promise<readonly string[]> {
    if (this.#isGone) throw twinRefused('helper', 'the helper that makes twins has ended', operation);
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, resolve);
    const late = setTimeout(() => {
      this.#child.kill('SIGKILL');
    }, deadlineMs);
    this.#child.stdin.write(`${[id, ...request].join('\t')}\n`);
    const answer = await promise;
    clearTimeout(late);
    if (answer === undefined) throw twinRefused('helper', 'the helper that makes twins ended before it answered', operation);
    if (answer.type === 'error') throw twinRefused(answer.reason, answer.text, operation);
    return answer.words;
  }

  #settle(id: number, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
