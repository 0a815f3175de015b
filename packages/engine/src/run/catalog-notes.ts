import { type CheckpointStore, isHoldfastError, type Logger, type MetadataStore } from '@holdfast/core';
import { applyWrite, type CatalogWrite, jobOf } from '../catalog/catalog-write.js';
import { bringOver } from '../catalog/journal/catch-up.js';
import { JournalFile } from '../catalog/journal/journal-file.js';
import { ownJournalName } from '../catalog/journal/journal-name.js';
import { isRefused } from '../catalog/journal/replay.js';
import type { RunEventBody } from './events.js';

/** Where what a catalog does not take is kept on this node. */
export interface JournalPlace {
  readonly folder: string;
  /** Of the catalog. */
  readonly key: string;
}

export interface CatalogNotesOptions {
  readonly catalog: MetadataStore;
  readonly store: CheckpointStore;
  readonly journal: JournalPlace;
  readonly logger: Logger;
  readonly emit: (event: RunEventBody) => void;
  /** The shortest time from one try of a catalog that does not answer to the next; it doubles up to 30 s. */
  readonly retryMs?: number | undefined;
}

const longestRetryMs = 30_000;

/**
 * Writes to the catalog what it is an index of. A catalog that fails never fails its caller: what it does not take is kept on this node and brought over, in
 * order, once it answers again, by this process or by the next one. The change between working and not is told once each.
 */
export class CatalogNotes {
  readonly #options: CatalogNotesOptions;
  readonly #journal: JournalFile;
  readonly #firstRetryMs: number;
  #retryMs: number;
  #tail: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #behind = false;
  /** The job of which the catalog missed something. */
  #missed = '';
  #told = new Set<string>();

  constructor(options: CatalogNotesOptions) {
    this.#options = options;
    this.#journal = new JournalFile(options.journal.folder, ownJournalName(options.journal.key, Date.now()));
    this.#firstRetryMs = options.retryMs ?? 1000;
    this.#retryMs = this.#firstRetryMs;
  }

  /** True while the catalog has not taken everything. */
  get isBehind(): boolean {
    return this.#behind;
  }

  /** What is noted after this is written after it. It does not reject. */
  after(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work);
  }

  note(entry: CatalogWrite): void {
    this.#tail = this.#tail.then(() => this.#take(entry));
  }

  /** Resolves when the catalog has taken everything that was noted, or was asked a last time and it was left to the next process. */
  async settled(): Promise<void> {
    await this.#tail;
    clearTimeout(this.#timer);
    if (this.#behind) await this.#catchUp();
    await this.#tail;
    clearTimeout(this.#timer);
    if (this.#behind) await this.#journal.leave().catch((error: unknown) => this.#warnOnce('a catalog journal cannot be left behind', error));
  }

  async #take(entry: CatalogWrite): Promise<void> {
    if (this.#behind) return await this.#keep(entry);
    const { catalog, logger } = this.#options;
    try {
      await applyWrite(catalog, entry);
    } catch (error) {
      if (await isRefused(catalog, entry, error)) {
        logger.warn({ job: jobOf(entry), write: entry.write, error: String(error) }, 'the catalog refused a record');
        return;
      }
      await this.#keep(entry);
      this.#fellBehind(jobOf(entry), error);
    }
  }

  async #keep(entry: CatalogWrite): Promise<void> {
    try {
      const kept = await this.#journal.append({ repositoryId: this.#options.store.repositoryId }, entry);
      if (!kept)
        this.#warnOnce(
          `the catalog has not answered for long: ${entry.write}s are no longer kept for it; catalog rebuild brings back all but events`,
        );
    } catch (error) {
      this.#warnOnce('what the catalog does not take cannot be kept on this node; catalog rebuild brings back all but events', error);
    }
  }

  #fellBehind(job: string, error: unknown): void {
    const { logger, emit } = this.#options;
    const message = error instanceof Error ? error.message : String(error);
    logger.warn(
      { error: message, code: isHoldfastError(error) ? error.code : undefined },
      'the catalog does not answer; its records are kept on this node',
    );
    this.#behind = true;
    this.#missed = job;
    this.#retryLater();
    emit({ type: 'catalog.unavailable', message });
  }

  #retryLater(): void {
    this.#timer = setTimeout(() => {
      this.#tail = this.#tail.then(() => this.#catchUp());
    }, this.#retryMs);
    this.#timer.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
  }

  /** Nothing is appended meanwhile: it takes its turn among the notes. */
  async #catchUp(): Promise<void> {
    if (!this.#behind) return;
    try {
      // Where this node keeps nothing, the catalog only has to answer: what comes from then on it can take.
      if (this.#journal.isEmpty) await this.#options.catalog.getJob(this.#missed);
      else await bringOver(this.#journal, this.#options);
    } catch {
      this.#retryLater();
      return;
    }
    this.#behind = false;
    this.#retryMs = this.#firstRetryMs;
    this.#options.emit({ type: 'catalog.recovered' });
  }

  #warnOnce(text: string, error?: unknown): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#options.logger.warn({ journal: this.#journal.path, error: error instanceof Error ? error.message : undefined }, text);
  }
}
