import { readdir } from 'node:fs/promises';
import type { CheckpointStore, Logger, MetadataStore } from '@holdfast/core';
import { JournalFile } from './journal-file.js';
import { isForsaken, parseJournalName } from './journal-name.js';
import { replay } from './replay.js';

export interface CatchUpContext {
  readonly folder: string;
  /** Of the catalog: journals of others stay. */
  readonly key: string;
  readonly catalog: MetadataStore;
  /** Opened only where there is something to catch up with: it tells what was removed since. */
  readonly store: () => Promise<CheckpointStore>;
  readonly logger: Logger;
}

/**
 * Brings over what processes of this node that are gone could not tell the catalog, the oldest first. Each journal is taken by one process; rejects where the
 * storage or the catalog does not answer, and leaves what is not done to whoever comes next.
 */
export async function catchUp({ folder, key, catalog, store, logger }: CatchUpContext): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).map(parseJournalName).filter((name) => name !== undefined);
  const forsaken = names.filter((name) => name.catalog === key && isForsaken(name)).sort((a, b) => a.sinceMs - b.sinceMs);
  if (forsaken.length === 0) return;
  const opened = await store();
  for (const name of forsaken) {
    const taken = await new JournalFile(folder, name).takeOver();
    if (taken === undefined) continue;
    try {
      await bringOver(taken, { catalog, store: opened, logger });
    } catch (error) {
      await taken.leave();
      throw error;
    }
  }
}

/** Removes the journal once the catalog has taken it. */
export async function bringOver(
  file: JournalFile,
  { catalog, store, logger }: { readonly catalog: MetadataStore; readonly store: CheckpointStore; readonly logger: Logger },
): Promise<void> {
  const { header, isNewer, writes, damaged } = await file.read();
  if (isNewer) return await file.leave();
  if (damaged > 0)
    logger.warn({ journal: file.path, damaged }, 'lines of a catalog journal are not whole; catalog rebuild brings back what they said');
  await replay(writes, { catalog, store: header?.repositoryId === store.repositoryId ? store : undefined, logger });
  await file.remove();
}
