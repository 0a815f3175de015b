import type { CallOptions, CheckpointReader, CheckpointRef, CheckpointStore, CheckpointWriter, Epoch, Logger } from '@holdfast/core';
import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';
import type { HeldKey } from '@holdfast/store';
import { defaultDeadlines, type RepositoryDeadlines } from './deadlines.js';
import type { RepositoryOptions } from './protocol.js';
import { RemoteReader } from './remote-reader.js';
import { RemoteWriter } from './remote-writer.js';
import { RepositoryProcess } from './repository-process.js';

export interface RemoteStoreOptions extends RepositoryOptions {
  readonly root: string;
  readonly logger: Logger;
  readonly deadlines?: RepositoryDeadlines | undefined;
  /** One that runs already, to be used first; the store's from here on. */
  readonly started?: RepositoryProcess | undefined;
}

/**
 * A CheckpointStore whose work is done in a process of its own. Storage that hangs fails the call at its deadline; the process is
 * abandoned and the next call starts another. Writers and readers of an abandoned process are lost. An encrypted repository opens again also where its
 * user's key was changed meanwhile: what was unwrapped first is kept, in memory only.
 */
export async function openRemoteStore(options: RemoteStoreOptions, callOptions: CallOptions = {}): Promise<CheckpointStore> {
  const store = new RemoteStore(options);
  await store.connect(callOptions);
  return store;
}

class RemoteStore implements CheckpointStore {
  readonly #options: RemoteStoreOptions;
  #connection: Promise<RepositoryProcess> | undefined;
  #process: RepositoryProcess | undefined;
  #first: RepositoryProcess | undefined;
  #repositoryId = '';
  #heldKey: HeldKey | undefined;
  #closed = false;

  constructor(options: RemoteStoreOptions) {
    this.#options = options;
    this.#first = options.started;
  }

  get repositoryId(): string {
    return this.#repositoryId;
  }

  /** The process that is alive, or a new one with the repository open in it. */
  async connect({ signal }: CallOptions = {}): Promise<RepositoryProcess> {
    if (this.#closed)
      throw new HoldfastError('HF_NOT_ATTACHED', { message: 'the repository was closed', kind: 'invalid-argument', operation: 'repository' });
    if (this.#connection === undefined || this.#process?.failed === true) this.#connection = this.#start(signal);
    return this.#connection;
  }

  async #start(signal: AbortSignal | undefined): Promise<RepositoryProcess> {
    const { root, below, create, compresses, encryptionKey, logger, deadlines = defaultDeadlines } = this.#options;
    const started = this.#first ?? new RepositoryProcess(deadlines, logger);
    this.#first = undefined;
    this.#process = started;
    try {
      // A repository that was there must still be: an empty place is a mount that is gone.
      const again = { below, create: create && this.#repositoryId === '', compresses, encryptionKey, heldKey: this.#heldKey };
      const { repositoryId: id, heldKey } = await started.call('open', [root, again], { signal });
      if (this.#repositoryId !== '' && id !== this.#repositoryId) throw replaced(root, this.#repositoryId, id);
      this.#repositoryId = id;
      this.#heldKey = heldKey;
      return started;
    } catch (error) {
      this.#connection = undefined;
      started.abandon(closing());
      if (this.#repositoryId !== '' && isHoldfastError(error) && error.kind === 'not-found') throw gone(root, error);
      throw error;
    }
  }

  async jobs(options: CallOptions = {}): ReturnType<CheckpointStore['jobs']> {
    return (await this.connect(options)).call('jobs', [], options);
  }

  async state(job: string, options: CallOptions = {}): ReturnType<CheckpointStore['state']> {
    return (await this.connect(options)).call('state', [job], options);
  }

  async claim(...[job, holder, start, options = {}]: Parameters<CheckpointStore['claim']>): Promise<Epoch> {
    return (await this.connect(options)).call('claim', [job, holder, start], options);
  }

  async withdraw(epoch: Epoch, options: CallOptions = {}): Promise<boolean> {
    return (await this.connect(options)).call('withdraw', [epoch], options);
  }

  async assertCurrent(epoch: Epoch, options: CallOptions = {}): Promise<void> {
    return (await this.connect(options)).call('assertCurrent', [epoch], options);
  }

  async end(...[epoch, end, options = {}]: Parameters<CheckpointStore['end']>): Promise<void> {
    return (await this.connect(options)).call('end', [epoch, end], options);
  }

  async note(...[epoch, kind, note, options = {}]: Parameters<CheckpointStore['note']>): Promise<boolean> {
    return (await this.connect(options)).call('note', [epoch, kind, note], options);
  }

  async history(job: string, options: CallOptions = {}): ReturnType<CheckpointStore['history']> {
    return (await this.connect(options)).call('history', [job], options);
  }

  async fork(...[from, to, holder, options = {}]: Parameters<CheckpointStore['fork']>): ReturnType<CheckpointStore['fork']> {
    return (await this.connect(options)).call('fork', [from, to, holder], options);
  }

  async list(job: string, options: CallOptions = {}): ReturnType<CheckpointStore['list']> {
    return (await this.connect(options)).call('list', [job], options);
  }

  async verify(...[job, options = {}]: Parameters<CheckpointStore['verify']>): ReturnType<CheckpointStore['verify']> {
    const { signal, onProgress } = options;
    return (await this.connect(options)).call('verify', [job], { signal, onProgress: (bytes = 0) => onProgress?.(bytes) });
  }

  async usage(job: string, options: CallOptions = {}): ReturnType<CheckpointStore['usage']> {
    return (await this.connect(options)).call('usage', [job], options);
  }

  async prune(...[job, policy, options = {}]: Parameters<CheckpointStore['prune']>): ReturnType<CheckpointStore['prune']> {
    const { signal, onProgress } = options;
    return (await this.connect(options)).call('prune', [job, policy], { signal, onProgress: (bytes = 0) => onProgress?.(bytes) });
  }

  async remove(...[job, holder, options = {}]: Parameters<CheckpointStore['remove']>): ReturnType<CheckpointStore['remove']> {
    return (await this.connect(options)).call('remove', [job, holder, options.force === true], options);
  }

  async begin(epoch: Epoch, parent: CheckpointRef | undefined, options: CallOptions = {}): Promise<CheckpointWriter> {
    const connection = await this.connect(options);
    const { handle, ref } = await connection.call('begin', [epoch, parent], options);
    return new RemoteWriter(connection, handle, ref);
  }

  async open(ref: { readonly job: string; readonly number: number }, options: CallOptions = {}): Promise<CheckpointReader> {
    const connection = await this.connect(options);
    return new RemoteReader(connection, await connection.call('openCheckpoint', [ref], options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#process?.abandon(closing());
    await this.#connection?.catch(() => undefined);
  }
}

function closing(): HoldfastError {
  return new HoldfastError('HF_ABORTED', {
    message: 'the repository was closed while the call was under way',
    kind: 'aborted',
    operation: 'repository',
  });
}

/** As the store says it where its process is the one of before. */
function gone(root: string, cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_REPOSITORY_MISSING', {
    message: `There is no repository at ${root} any more: what was mounted there is gone`,
    kind: 'unavailable',
    operation: 'repository.open',
    hint: 'Mount it again, unless that comes by itself, as of a JuiceFS volume within seconds: the next snapshot goes on then',
    context: { root },
    cause,
  });
}

function replaced(root: string, before: string, now: string): HoldfastError {
  return new HoldfastError('HF_REPOSITORY_MISSING', {
    message: `${root} holds another repository than before (${now} instead of ${before})`,
    kind: 'conflict',
    operation: 'repository.open',
    hint: 'mount the storage that the run was started with',
  });
}
