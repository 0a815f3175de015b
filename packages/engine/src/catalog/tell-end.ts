import type { CheckpointStore, Logger, MetadataStore } from '@holdfast/core';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import type { JournalPlace } from '../run/catalog-notes.js';
import type { CatalogWrite } from './catalog-write.js';
import { JournalFile } from './journal/journal-file.js';
import { ownJournalName } from './journal/journal-name.js';
import { readJob } from './read-job.js';
import { rebuildJob } from './rebuild.js';

export interface TellEndContext {
  readonly store: CheckpointStore;
  readonly catalog: MetadataStore;
  readonly journal: JournalPlace;
  readonly logger: Logger;
}

/**
 * Tells the catalog of a job's end that the repository knows, and whose attempt did not live to tell it. A catalog that does not take it hears of it from whoever
 * opens it next on this node. Never rejects: the repository is what counts.
 */
export async function tellEnd(context: TellEndContext, job: string, attempt: string): Promise<void> {
  const { logger } = context;
  try {
    const failure = await rebuildJob(context, job, {}).then(() => undefined, asHoldfastError);
    if (failure === undefined) return;
    // What it refuses it would refuse for ever.
    if (failure.kind === 'unavailable' || failure.kind === 'timeout') await keep(context, job, attempt);
    logger.warn({ job, code: failure.code, error: failure.message }, 'the catalog was not told how a job ended');
  } catch (error) {
    logger.warn({ job, error: asHoldfastError(error).message }, 'the catalog was not told how a job ended; catalog rebuild does it');
  }
}

async function keep({ store, journal, logger }: TellEndContext, job: string, attempt: string): Promise<void> {
  const { record, attempts } = await readJob(store, job, logger, {});
  const entries: CatalogWrite[] = attempts.filter((each) => each.attempt === attempt).map((each) => ({ write: 'attempt', record: each }));
  if (record !== undefined) entries.unshift({ write: 'job', record });
  const file = new JournalFile(journal.folder, ownJournalName(journal.key, Date.now()));
  for (const entry of entries) await file.append({ repositoryId: store.repositoryId }, entry);
  await file.leave();
}
