import { type CheckpointStore, HoldfastError, type JobState } from '@holdfast/core';
import type { RunEventBody } from './events.js';
import type { RestorePolicy } from './types.js';

export interface UnreadableOptions {
  readonly store: CheckpointStore;
  readonly state: JobState;
  readonly policy: RestorePolicy;
  readonly emit: (event: RunEventBody) => void;
  readonly signal: AbortSignal;
}

/**
 * Tells where the newest snapshot of a job that is to resume cannot even be read: the store passes over it, and over all others like it.
 * Called before the job is claimed. Rejects with HF_NOTHING_TO_RESTORE where the policy allows neither an older one that is there nor a fresh start.
 */
export async function tellUnreadable({ store, state, policy, emit, signal }: UnreadableOptions): Promise<void> {
  const { job, newest } = state;
  if (newest === undefined) return;
  const readable = (await store.list(job, { signal })).find(({ eligible }) => eligible);
  if (readable !== undefined && readable.number >= newest) return;
  const next = policy === 'fail' ? 'fail' : readable !== undefined ? 'older' : policy === 'fresh' ? 'fresh' : 'fail';
  const message = `the manifest of snapshot ${newest} of job ${job} is damaged`;
  emit({ type: 'restore.failed', snapshot: newest, code: 'HF_MANIFEST_CORRUPT', message, next });
  if (next !== 'fail') return;
  throw new HoldfastError('HF_NOTHING_TO_RESTORE', {
    message: readable === undefined ? `no snapshot of job ${job} can be read` : message,
    kind: 'corrupt',
    operation: 'restore',
    context: { job, snapshot: newest },
    hint: `holdfast verify ${job} names what is wrong; --fresh starts the job anew, --on-restore-failure fresh does so by itself`,
  });
}
