import type { CheckpointStore, Epoch, Logger, NoteKind } from '@holdfast/core';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import type { OverNote, StartedNote } from './attempt-note.js';

export interface NoteKeeper {
  readonly environment: { readonly store: CheckpointStore; readonly logger: Logger };
  readonly epoch: Epoch;
}

/** Keeps it in the repository. Where the storage does not take it, a rebuilt catalog knows less of this attempt, and nothing else is lost. */
export async function keepNote({ environment: { store, logger }, epoch }: NoteKeeper, kind: NoteKind, note: StartedNote | OverNote): Promise<void> {
  try {
    await store.note(epoch, kind, { ...note });
  } catch (error) {
    const { code, message } = asHoldfastError(error);
    logger.warn({ job: epoch.job, kind, code, error: message }, 'the storage did not take a note for the catalog');
  }
}
