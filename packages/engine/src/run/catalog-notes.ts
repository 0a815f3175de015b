import { isHoldfastError, type Logger, type MetadataStore } from '@holdfast/core';
import type { RunEventBody } from './events.js';

/**
 * Writes to the catalog what it is an index of. A catalog that fails never fails its caller: the repository is the truth, and what the
 * catalog missed can be rebuilt from it. Writes keep their order; the change between working and not is told once each.
 */
export class CatalogNotes {
  readonly #catalog: MetadataStore;
  readonly #logger: Logger;
  readonly #emit: (event: RunEventBody) => void;
  #tail: Promise<void> = Promise.resolve();
  #available = true;

  constructor(catalog: MetadataStore, logger: Logger, emit: (event: RunEventBody) => void) {
    this.#catalog = catalog;
    this.#logger = logger;
    this.#emit = emit;
  }

  /** What is noted after this is written after it. It does not reject. */
  after(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work);
  }

  note(write: (catalog: MetadataStore) => Promise<unknown>): void {
    this.#tail = this.#tail.then(() => this.#try(write));
  }

  /** Resolves when everything noted so far was tried. */
  settled(): Promise<void> {
    return this.#tail;
  }

  async #try(write: (catalog: MetadataStore) => Promise<unknown>): Promise<void> {
    try {
      await write(this.#catalog);
      if (!this.#available) this.#emit({ type: 'catalog.recovered' });
      this.#available = true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#logger.warn({ error: message, code: isHoldfastError(error) ? error.code : undefined }, 'the catalog missed a record');
      if (this.#available) this.#emit({ type: 'catalog.unavailable', message });
      this.#available = false;
    }
  }
}
