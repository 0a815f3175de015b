import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { HoldfastError } from '@holdfast/core/basics';
import type { BlockSlot } from './block-slot.js';
import type { BlockWorkers } from './block-workers.js';
import { InlineWorkers } from './inline-workers.js';
import type { WindowSlot } from './window-slot.js';
import type {
  DecodeRequest,
  DecodeResponse,
  EncodeRequest,
  EncodeResponse,
  HashRequest,
  Task,
  TaskAnswer,
  TaskMessage,
  TaskResult,
  WorkerStart,
} from './tasks.js';

/** More threads than this gain nothing: the storage is the limit then. */
const threadLimit = 8;
/** So many tasks take less time than a thread takes to start. */
const tasksBeforeThreads = 4;
/** One is worked on, one waits. */
const pendingBeforeThread = 2;

const ownProgram = new URL('./worker-main.js', import.meta.url);

interface Pending {
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (error: HoldfastError) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
}

/**
 * As many threads as there are cores, started when there is work for them; the first few tasks are done at once in the calling one. They keep no process
 * alive that has nothing else to do.
 */
export class ThreadPool implements BlockWorkers {
  readonly width: number;
  readonly #start: WorkerStart;
  readonly #program: URL;
  readonly #inline: InlineWorkers;
  readonly #threads: Thread[] = [];
  #lastNumber = 0;

  /** `program` is what the threads run; another one than the store's own is for tests. */
  constructor(start: WorkerStart, threads: number = Math.min(threadLimit, availableParallelism()), program: URL = ownProgram) {
    this.#start = start;
    this.#program = program;
    this.#inline = new InlineWorkers(start);
    this.width = threads;
  }

  async encode(slot: BlockSlot, request: EncodeRequest): Promise<EncodeResponse> {
    if (this.#isFew()) return this.#inline.encode(slot, request);
    const result = await this.#perform({ name: 'encode', memory: slot.memory, request });
    if (result.name !== 'encode') throw taskFailed(`it was answered with ${result.name}`);
    return result.response;
  }

  async decode(request: DecodeRequest): Promise<DecodeResponse | undefined> {
    if (this.#isFew()) return this.#inline.decode(request);
    const result = await this.#perform({ name: 'decode', request });
    if (result.name !== 'decode') throw taskFailed(`it was answered with ${result.name}`);
    return result.response;
  }

  async hash(slot: WindowSlot, request: HashRequest): Promise<boolean> {
    if (this.#isFew()) return this.#inline.hash(slot, request);
    const result = await this.#perform({ name: 'hash', memory: slot.memory, request });
    if (result.name !== 'hash') throw taskFailed(`it was answered with ${result.name}`);
    return result.response;
  }

  /** Ends the threads; tasks that were not done are rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  /** True for the first tasks, which are counted by this. */
  #isFew(): boolean {
    this.#lastNumber += 1;
    return this.#lastNumber <= tasksBeforeThreads;
  }

  #perform(task: Task): Promise<TaskResult> {
    const thread = this.#leastBusy();
    const number = this.#lastNumber;
    const { promise, resolve, reject } = Promise.withResolvers<TaskResult>();
    thread.pending.set(number, { resolve, reject });
    thread.worker.ref();
    const message: TaskMessage = { number, task };
    thread.worker.postMessage(message, []);
    return promise;
  }

  /** A thread more is begun where all have work and more waits: one that is just keeping up is enough, and a start costs as much as a dozen tasks. */
  #leastBusy(): Thread {
    const [first, ...others] = this.#threads;
    if (first === undefined) return this.#begin();
    const least = others.reduce((one, thread) => (thread.pending.size < one.pending.size ? thread : one), first);
    return least.pending.size >= pendingBeforeThread && this.#threads.length < this.width ? this.#begin() : least;
  }

  #begin(): Thread {
    const worker = new Worker(this.#program, { workerData: this.#start, execArgv: [], env: {} });
    const thread: Thread = { worker, pending: new Map() };
    worker.on('message', (answer: TaskAnswer) => settle(thread, answer));
    worker.on('error', (cause) => this.#lose(thread, cause));
    worker.on('exit', (status) => this.#lose(thread, new Error(`the thread ended with status ${status}`)));
    worker.unref();
    this.#threads.push(thread);
    return thread;
  }

  /** What it had to do fails; the next task begins another thread. */
  #lose(thread: Thread, cause: unknown): void {
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    for (const { reject } of thread.pending.values()) reject(taskFailed('its thread was lost', cause));
    thread.pending.clear();
  }
}

function settle({ worker, pending }: Thread, { number, result }: TaskAnswer): void {
  const task = pending.get(number);
  pending.delete(number);
  if (pending.size === 0) worker.unref();
  if (result.name === 'failed') task?.reject(taskFailed(result.reason));
  else task?.resolve(result);
}

function taskFailed(why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_UNEXPECTED', {
    message: `a block could not be worked on: ${why}`,
    kind: 'unexpected',
    operation: 'store.blocks',
    ...(cause === undefined ? {} : { cause }),
  });
}
