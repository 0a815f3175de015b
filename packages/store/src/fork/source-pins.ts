import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import { ensureDirectory, listIfThere } from '../files/directories.js';
import { type SourceNote, sourceNoteName } from '../files/names.js';
import { removeIfThere, writeNewFile } from '../files/whole-files.js';
import type { Manifest } from '../manifest/manifest.js';
import { forkPinName, parsePinName } from '../pins/pin-name.js';
import { encodePin } from '../pins/pin-record.js';
import { type JobPaths, jobPaths, type StoreContext } from '../repository/store-context.js';
import { removeSourcePin } from './remove-source-pin.js';
import { type FoundSource, readSource } from './source-snapshot.js';

/** The pins that a fork makes in other jobs' directories, and its own notes of them, by which its prune finds them again. */
export class SourcePins {
  readonly #context: StoreContext;
  readonly #paths: JobPaths;
  readonly #epoch: number;
  readonly #notes: string[] = [];
  readonly #pins: { readonly directory: string; readonly path: string }[] = [];

  constructor(context: StoreContext, paths: JobPaths, epoch: number) {
    this.#context = context;
    this.#paths = paths;
    this.#epoch = epoch;
  }

  /** Pins the snapshot and those of further jobs whose blocks it needs, *then* looks whether it is still there. */
  async pinAll(source: FoundSource): Promise<Manifest> {
    await this.#pin('from', source.paths, source.name.number);
    const { blocks } = await readSource(this.#context, source);
    for (const job of new Set(blocks.packs.map(({ job }) => job))) {
      if (job === source.paths.job) continue;
      const paths = jobPaths(this.#context.root, job);
      const numbers = await this.#pinnedFor(paths, source.paths.job);
      if (numbers.length === 0) throw unpinned(source, job);
      for (const number of numbers) await this.#pin('via', paths, number);
    }
    // While the snapshot is there, so are the pins that hold what it needs elsewhere.
    return await readSource(this.#context, source);
  }

  /** Takes back what was made. The note of a pin that cannot be removed for certain stays, and with it a later prune removes both. */
  async withdraw(): Promise<void> {
    const { files } = this.#context;
    try {
      for (const pin of this.#pins.toReversed()) await removeSourcePin(files, pin.directory, pin.path);
      for (const note of this.#notes.toReversed()) await removeIfThere(files, note);
    } catch (error) {
      this.#context.logger.warn({ job: this.#paths.job, error }, 'pins of a fork that failed stay for a day');
    }
  }

  async #pin(kind: SourceNote['kind'], { job, pins }: JobPaths, number: number): Promise<void> {
    const { files, clock } = this.#context;
    const note = join(this.#paths.epochs, sourceNoteName({ epoch: this.#epoch, kind, number, job }));
    const pin = join(pins, forkPinName(number, this.#epoch, this.#paths.job));
    const content = encodePin({ job, number, why: `fork to ${this.#paths.job}`, createdAt: clock.now().toISOString(), lifetimeMs: undefined });
    // The note comes first: a pin that nobody remembers would hold for ever. Of both only the name counts.
    this.#notes.push(note);
    await writeNewFile(files, note, [content], undefined);
    await files.syncDirectory(this.#paths.epochs, 'epoch-directory');
    await ensureDirectory(files, pins, 'job-directory');
    this.#pins.push({ directory: pins, path: pin });
    await writeNewFile(files, pin, [content], undefined);
    await files.syncDirectory(pins, 'pin-directory');
  }

  /** The snapshots of a job that a fork of it holds. */
  async #pinnedFor({ pins }: JobPaths, fork: string): Promise<readonly number[]> {
    const names = (await listIfThere(this.#context.files, pins)).map(parsePinName);
    return [...new Set(names.flatMap((name) => (name?.kind === 'fork' && name.job === fork ? [name.number] : [])))];
  }
}

function unpinned({ paths, name }: FoundSource, job: string): HoldfastError {
  return new HoldfastError('HF_CHECKPOINT_MISSING', {
    message: `Snapshot ${name.number} of job ${paths.job} needs blocks of job ${job}, where no pin keeps them`,
    kind: 'not-found',
    context: { job: paths.job, number: name.number, needs: job },
    hint: `Fork the job ${job} itself, or a snapshot that does not need it`,
  });
}
