import { type CheckpointReader, type CheckpointStore, isHoldfastError } from '@holdfast/core';

const triesLimit = 8;

/**
 * Opens the newest snapshot that can be read, as a resume chooses; undefined where there is none. Where a prune takes it before it is open, a newer one is
 * there, and that one is opened.
 */
export async function openNewest(
  store: Pick<CheckpointStore, 'list' | 'open'>,
  job: string,
  signal: AbortSignal | undefined,
): Promise<CheckpointReader | undefined> {
  for (let tries = 1; ; tries += 1) {
    const newest = (await store.list(job, { signal })).find(({ eligible }) => eligible);
    if (newest === undefined) return undefined;
    try {
      return await store.open(newest, { signal });
    } catch (error) {
      if (tries === triesLimit || !isHoldfastError(error) || error.code !== 'HF_CHECKPOINT_MISSING') throw error;
    }
  }
}
