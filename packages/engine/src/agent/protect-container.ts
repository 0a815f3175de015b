import { setTimeout as delay } from 'node:timers/promises';
import { type Epoch, HoldfastError, isHoldfastError } from '@holdfast/core';
import { readRuncState } from '../container/adopted/runc-state.js';
import { ActiveRun } from '../run/active-run.js';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import { adoptContainer } from './adopt-container.js';
import { type AgentAttempt, closeAttempt, newAttemptName, openAttempt, removeAttemptFolders } from './agent-attempt.js';
import type { AgentContext } from './agent-context.js';
import type { ContainerEntry } from './container-entry.js';
import { commandSince } from './goes-on.js';
import { readRelayedSignals } from './relayed-signals.js';
import { isToResume, lookWithin, mayPass, type StorageState } from './storage-state.js';

const lookMs = 60_000;
const [firstRetryMs, longestRetryMs] = [1000, 15_000];
const pollMs = 500;
/** For a launcher that was told to create a container to make it. */
export const creationMs = 120_000;

/** A job that was claimed before its container runs: no snapshot could be resumed, and the policy is to start anew. */
export interface ClaimedJob {
  readonly attempt: AgentAttempt;
  readonly epoch: Epoch;
}

/**
 * Begins to take snapshots of a container once its program runs, and as soon as its storage answers: until then it runs on by itself. Resolves when that
 * has begun, or never will: the entry tells.
 */
export async function protectContainer(context: AgentContext, entry: ContainerEntry, claimed?: ClaimedJob): Promise<void> {
  const { logger } = context;
  const { setup, over } = entry;
  const isRunning = await runs(entry, creationMs + (entry.record.attempts.length > 0 ? context.config.limits.restoreTimeoutMs : 0));
  // What it may have been restored from: by then nobody reads it any more.
  if (claimed === undefined) for (const attempt of entry.record.attempts) await removeAttemptFolders(context.config.stateDirectory, attempt);
  if (!isRunning) {
    if (claimed !== undefined) await closeAttempt(claimed.attempt);
    return;
  }
  for (let retryMs = firstRetryMs; ; retryMs = Math.min(2 * retryMs, longestRetryMs)) {
    try {
      const found = claimed === undefined ? await lookWithin(context, setup, lookMs, over.signal) : undefined;
      if (found instanceof HoldfastError) throw found;
      const job = found === undefined ? claimed : await claim(context, entry, found);
      if (job !== undefined) await begin(context, entry, job);
      return;
    } catch (error) {
      const failure = asHoldfastError(error);
      if (over.signal.aborted) return;
      if (claimed !== undefined || !mayPass(failure)) throw failure;
      if (entry.state !== 'waiting')
        logger.warn({ job: setup.job, container: setup.id, error: failure.message }, 'a container waits for its storage');
      entry.waitsFor(failure.message);
    }
    await delay(retryMs, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
    if (over.signal.aborted || (await readRuncState(setup.root, setup.id)) === undefined) return;
  }
}

/** True once its program runs. The launcher's word is best effort: runc's own notes tell, too. */
async function runs({ setup, over, started }: ContainerEntry, waitMs: number): Promise<boolean> {
  let told = false;
  void started.then(() => (told = true));
  const end = performance.now() + waitMs;
  while (!over.signal.aborted) {
    const state = await readRuncState(setup.root, setup.id);
    if (state?.started === true) return true;
    // It ended at once, or was never made.
    if (state === undefined && (told || performance.now() >= end)) return false;
    await Promise.race([told ? delay(pollMs) : started, delay(pollMs, undefined, { signal: over.signal, ref: false }).catch(() => undefined)]);
  }
  return false;
}

async function claim(context: AgentContext, entry: ContainerEntry, { environment, state }: StorageState): Promise<ClaimedJob> {
  const { setup, over } = entry;
  if (entry.isTakenOver(state)) throw takenOver(setup.job, state.epoch?.holder.attempt);
  if (!entry.isOwn(state) && isToResume(state)) throw hasOthersSnapshots(setup.job);
  const attempt = await openAttempt(context, environment, setup, newAttemptName(), over.signal);
  try {
    await entry.noteAttempt(context.config.stateDirectory, attempt.holder.attempt, state);
    const start = state.epoch?.end === undefined ? { kind: 'newest' as const } : { kind: 'fresh' as const };
    return { attempt, epoch: await environment.store.claim(setup.job, attempt.holder, start, { signal: over.signal }) };
  } catch (error) {
    await closeAttempt(attempt);
    throw error;
  }
}

async function begin(context: AgentContext, entry: ContainerEntry, { attempt, epoch }: ClaimedJob): Promise<void> {
  const { events } = attempt.options;
  const { roots } = entry.setup.files;
  try {
    const container = await adoptContainer(context, entry.setup, roots);
    const goesOn = await commandSince(attempt.options.environment, epoch.from);
    events.listen((event) => entry.hear(event));
    events.emit({ type: 'attempt.started', epoch: epoch.epoch, resuming: undefined });
    const run = await ActiveRun.create({
      ...attempt.options,
      request: { ...attempt.options.request, ...goesOn },
      epoch,
      container,
      roots,
      restored: undefined,
      continues: epoch.from,
      announcements: [{ type: 'job.started', pid: container.initPid }],
    });
    entry.protectedBy(run, container);
    // Whatever comes later is told.
    await hearMissedSignals(context, entry);
  } catch (error) {
    // It ended before it was found: nothing was done under this claim.
    await attempt.options.environment.store.withdraw(epoch).catch(() => undefined);
    await closeAttempt(attempt);
    if (!isHoldfastError(error) || error.code !== 'HF_JOB_NOT_RUNNING') throw error;
  }
}

/** What launchers relayed while no agent could hear it. */
async function hearMissedSignals({ config, clock }: AgentContext, entry: ContainerEntry): Promise<void> {
  for (const { signal, atMs } of await readRelayedSignals(config.agent.socket, entry.setup.id)) entry.relayed(signal, clock.now().getTime() - atMs);
}

function takenOver(job: string, attempt = ''): HoldfastError {
  return new HoldfastError('HF_FENCED', {
    message: `attempt ${attempt} has taken over job ${job}`,
    kind: 'fenced',
    operation: 'agent.adopt',
    hint: 'holdfast show tells where it runs',
  });
}

function hasOthersSnapshots(job: string): HoldfastError {
  return new HoldfastError('HF_JOB_HELD', {
    message: `job ${job} has snapshots that this container did not start from: the storage did not answer when it started`,
    kind: 'conflict',
    operation: 'agent.protect',
    hint: 'stop the container and start it again: it goes on from the newest snapshot',
  });
}
