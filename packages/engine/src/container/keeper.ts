import { type ChildProcess, spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { HoldfastError } from '@holdfast/core';
import { type KeeperAnswer, type KeeperEvent, parseKeeperLine } from './keeper-lines.js';

/** The user's streams: inherited, or descriptors of this process. */
export interface JobStreams {
  readonly stdin: 'inherit' | number;
  readonly stdout: 'inherit' | number;
  readonly stderr: 'inherit' | number;
}

export const inheritedStreams: JobStreams = { stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' };

/** How a lazy resume ended: no page is missing; the job ended before that; pages will not come, and the job was ended. */
export type MemoryEnd = 'whole' | 'ended' | 'ruined';

/** The client of one holdfast-keeper. It lives on when this process dies; when it ends, the job has ended. */
export class Keeper {
  readonly pid: number;
  /** The first of `started`, `failed`, or undefined where the keeper ended without a word. */
  readonly started: Promise<KeeperEvent | undefined>;
  /** `exited` or `killed`, once the job's last output was passed on, or given up after `drop`; undefined where the keeper itself was killed. */
  readonly ended: Promise<KeeperEvent | undefined>;
  /** Of a lazy resume: how it ended. */
  readonly whole: Promise<MemoryEnd>;
  readonly #control: Duplex;
  readonly #waiting = new Map<number, (answer: KeeperAnswer | undefined) => void>();
  #next = 1;

  constructor(child: ChildProcess, pid: number, control: Duplex) {
    this.pid = pid;
    this.#control = control;
    const { promise: started, resolve: onStarted } = Promise.withResolvers<KeeperEvent | undefined>();
    const { promise: ended, resolve: onEnded } = Promise.withResolvers<KeeperEvent | undefined>();
    const { promise: whole, resolve: onWhole } = Promise.withResolvers<MemoryEnd>();
    this.whole = whole;
    this.started = started;
    this.ended = ended;
    onLine(control, (line) => {
      const said = parseKeeperLine(line);
      if (said?.type === 'answer') this.#settle(said);
      else if (said?.type === 'started' || said?.type === 'failed') onStarted(said);
      else if (said?.type === 'exited' || said?.type === 'killed') onEnded(said);
      if (said?.type === 'whole' || said?.type === 'ruined') onWhole(said.type);
      else if (said?.type === 'exited' || said?.type === 'killed') onWhole('ended');
    });
    control.on('error', () => undefined);
    void Promise.all([closed(child, 'exit'), closed(control, 'close')]).then(() => {
      onStarted(undefined);
      onEnded(undefined);
      onWhole('ruined');
      for (const settle of this.#waiting.values()) settle(undefined);
      this.#waiting.clear();
    });
  }

  static start(program: string, arguments_: readonly string[], streams: JobStreams, environment: Readonly<Record<string, string>>): Keeper {
    const child = spawn(program, arguments_, {
      stdio: [streams.stdin, streams.stdout, streams.stderr, 'pipe'],
      env: { ...environment },
    });
    const control = child.stdio[3];
    child.on('error', () => undefined);
    if (child.pid === undefined || !(control instanceof Duplex)) {
      throw new HoldfastError('HF_START_FAILED', {
        message: `${program} could not be started`,
        kind: 'missing-requirement',
        operation: 'start',
        hint: 'script/bootstrap compiles the native helpers',
      });
    }
    return new Keeper(child, child.pid, control);
  }

  /** Asks and waits for the answer's words; undefined where the keeper is gone. An answer of "error" is undefined too: the job has ended. */
  async ask(verb: 'stdin' | 'drain' | 'signal' | 'watch' | 'drop' | 'abort', number = 0): Promise<readonly string[] | undefined> {
    if (this.#control.destroyed || !this.#control.writable) return undefined;
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<KeeperAnswer | undefined>();
    this.#waiting.set(id, resolve);
    this.#control.write(`${id} ${verb} ${number}\n`);
    const answer = await promise;
    return answer?.ok === true ? answer.words : undefined;
  }

  /** Lets go of the keeper: it goes on by itself. */
  release(): void {
    this.#control.destroy();
  }

  #settle(answer: KeeperAnswer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}

/** Unlike `once`, an error on the way does not count: the end comes all the same. */
function closed(emitter: EventEmitter, event: 'exit' | 'close'): Promise<void> {
  return new Promise((resolve) => emitter.once(event, () => resolve()));
}

function onLine(stream: Duplex, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
}
