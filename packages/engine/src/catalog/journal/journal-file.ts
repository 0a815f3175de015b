import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogWrite } from '../catalog-write.js';
import { type JournalContent, type JournalHeader, journalLine, readJournal } from './journal-lines.js';
import { type JournalName, journalFileName, leftBehind, takenOver } from './journal-name.js';

/** Above this an event is no longer kept, above twice as much nothing is. */
export const journalLimitBytes: number = 4 * 1024 * 1024;

/** One file of what a catalog could not take, appended to by one process. Not synced: what a loss of power takes, a rebuild brings back but for events. */
export class JournalFile {
  readonly #folder: string;
  readonly #limitBytes: number;
  #name: JournalName;
  #bytes = 0;

  constructor(folder: string, name: JournalName, limitBytes: number = journalLimitBytes) {
    this.#folder = folder;
    this.#name = name;
    this.#limitBytes = limitBytes;
  }

  get path(): string {
    return join(this.#folder, journalFileName(this.#name));
  }

  /** True while nothing is kept in it. */
  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Tells whether there was room for it; events make room for the rest. */
  async append(header: Omit<JournalHeader, 'version' | 'catalog'>, entry: CatalogWrite): Promise<boolean> {
    const lines = this.#bytes === 0 ? journalLine({ version: 1, catalog: this.#name.catalog, ...header }) + journalLine(entry) : journalLine(entry);
    const bytes = Buffer.from(lines);
    if (this.#bytes + bytes.length > this.#limitBytes * (entry.write === 'event' ? 1 : 2)) return false;
    if (this.#bytes === 0) await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = await open(this.path, 'a', 0o600);
    try {
      await file.appendFile(bytes);
    } finally {
      await file.close();
    }
    this.#bytes += bytes.length;
    return true;
  }

  async read(): Promise<JournalContent> {
    return readJournal(await readFile(this.path, 'utf8'));
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    this.#bytes = 0;
  }

  /** Makes it this process's. Undefined where another process was faster. */
  async takeOver(): Promise<JournalFile | undefined> {
    return await this.#renamed(takenOver(this.#name));
  }

  /** Leaves it to whoever comes next, this process too. */
  async leave(): Promise<void> {
    await this.#renamed(leftBehind(this.#name));
    this.#bytes = 0;
  }

  async #renamed(name: JournalName): Promise<JournalFile | undefined> {
    const other = new JournalFile(this.#folder, name, this.#limitBytes);
    try {
      await rename(this.path, other.path);
      return other;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
