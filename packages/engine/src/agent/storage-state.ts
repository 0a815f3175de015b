import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, HoldfastError, isHoldfastError, type JobState } from '@holdfast/core';
import type { RunEnvironment } from '../run/run-environment.js';
import type { AgentContext } from './agent-context.js';
import type { ContainerSetup } from './container-setup.js';
import type { LauncherConversation } from './launcher-conversation.js';

/** What a container's storage says of its job. */
export interface StorageState {
  readonly environment: RunEnvironment;
  readonly state: JobState;
}

/** For a storage to say what it has of a job that, as far as is known, has nothing there. */
const firstLookMs = 4000;
const retryMs = 2000;
const defaultWaitMs = 60_000;

/**
 * Asks a container's storage for its job. A storage that does not answer is waited for only where the catalog knows snapshots of the job: starting anew
 * would lose what was done. Undefined where it does not answer and nothing is known to be lost.
 *
 * - Rejects with HF_AGENT_STORAGE where a job that has snapshots waited in vain.
 * - Rejects with the storage's error where waiting would not help, and with HF_CONTAINER_SETTING.
 */
export async function askStorage(
  context: AgentContext,
  setup: ContainerSetup,
  { say, resuming, signal }: Pick<LauncherConversation, 'say' | 'resuming' | 'signal'>,
): Promise<StorageState | undefined> {
  const { clock, options } = context;
  const waitMs = options.storageWaitMs ?? defaultWaitMs;
  const end = clock.monotonicMs() + waitMs;
  let told = false;
  for (let first = true; ; first = false) {
    const failure = await lookWithin(context, setup, first ? firstLookMs : Math.max(retryMs, end - clock.monotonicMs()), signal);
    if (!(failure instanceof HoldfastError)) return failure;
    const isStorage = failure.code !== 'HF_CONTAINER_SETTING';
    const hasSnapshots = isStorage && (!first || (await context.hasSnapshots(setup.job)));
    if (!mayPass(failure)) throw hasSnapshots ? cannotRead(setup.job, failure) : failure;
    if (!hasSnapshots) return undefined;
    if (clock.monotonicMs() >= end) throw storageAway(setup.job, waitMs, failure);
    resuming();
    if (!told) say(`job ${setup.job} has snapshots, and its storage does not answer: waiting up to ${Math.round(waitMs / 1000)} s for it`);
    told = true;
    await delay(Math.min(retryMs, waitMs), undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

/** Once, and in any case within so long. */
export async function lookWithin(
  context: AgentContext,
  setup: ContainerSetup,
  withinMs: number,
  signal: AbortSignal,
): Promise<StorageState | HoldfastError> {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), withinMs);
  const late = new Promise<HoldfastError>((resolve) => given.signal.addEventListener('abort', () => resolve(noAnswer(withinMs)), { once: true }));
  const asked = look(context, setup, AbortSignal.any([signal, given.signal])).catch((error: unknown) => {
    if (isHoldfastError(error)) return given.signal.aborted && error.kind === 'aborted' ? noAnswer(withinMs) : error;
    throw error;
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function look(context: AgentContext, setup: ContainerSetup, signal: AbortSignal): Promise<StorageState> {
  const environment = await context.environmentOf(setup.contract, { signal });
  return { environment, state: await environment.store.state(setup.job, { signal }) };
}

/** What is about the storage at this moment, and may be otherwise in the next. */
export function mayPass({ kind, code }: HoldfastError): boolean {
  return ['unavailable', 'timeout', 'aborted', 'no-space'].includes(kind) || goneCodes.includes(code);
}

/** A mount that is not there may come. */
const goneCodes: readonly ErrorCode[] = ['HF_STORAGE_MISSING', 'HF_NOT_ATTACHED', 'HF_REPOSITORY_MISSING'];

/** True where a container of the job goes on from a snapshot. A job that ended by itself starts anew. */
export function isToResume({ newest, epoch }: JobState): boolean {
  return newest !== undefined && epoch?.end === undefined;
}

function noAnswer(withinMs: number): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    message: `the storage did not answer within ${withinMs} ms`,
    kind: 'timeout',
    operation: 'agent.storage',
  });
}

function cannotRead(job: string, cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_AGENT_STORAGE', {
    message: `job ${job} has snapshots, and its storage cannot be used: ${cause.message}`,
    kind: cause.kind,
    operation: 'agent.create',
    cause,
    hint: `it was not started, since starting anew would lose what it has done${cause.hint === undefined ? '' : `: ${cause.hint}`}`,
  });
}

function storageAway(job: string, waitedMs: number, cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_AGENT_STORAGE', {
    message: `job ${job} has snapshots, and its storage did not answer within ${Math.round(waitedMs / 1000)} s (${cause.message})`,
    kind: 'unavailable',
    operation: 'agent.create',
    cause,
    hint: 'it was not started, since starting anew would lose what it has done: start the container again once the storage answers',
  });
}
