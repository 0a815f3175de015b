import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, HoldfastError, isHoldfastError, type JobState } from '@holdfast/core';
import type { RunEnvironment } from '../run/run-environment.js';
import type { AgentContext, KnownSnapshots } from './agent-context.js';
import type { ContainerSetup } from './container-setup.js';
import type { LauncherConversation } from './launcher-conversation.js';

/** What a container's storage says of its job. */
export interface StorageState {
  readonly environment: RunEnvironment;
  readonly state: JobState;
}

/** For a storage to say what it has of a job that, as far as is known, has nothing there. */
const firstLookMs = 4000;
/** For the catalog to say whether it has. */
const catalogMs = 2000;
const [retryMs, longestLookMs] = [1000, 60_000];

/**
 * Asks a container's storage for its job. A storage that does not answer is waited for where the catalog knows snapshots of the job, or where nobody tells
 * whether there are any: starting anew would lose what was done. Undefined where it does not answer and nothing is known to be lost.
 *
 * - Rejects with HF_AGENT_STORAGE where such a job waited in vain; where it is not known to have snapshots, by `agent.storageUnknown`.
 * - Rejects with the storage's error where waiting would not help, and with HF_CONTAINER_SETTING.
 */
export async function askStorage(
  context: AgentContext,
  setup: ContainerSetup,
  { say, resuming, signal }: Pick<LauncherConversation, 'say' | 'resuming' | 'signal'>,
): Promise<StorageState | undefined> {
  const { clock, config } = context;
  const { storageWaitMs: waitMs, storageUnknown } = config.agent;
  const end = clock.monotonicMs() + waitMs;
  let known: KnownSnapshots = 'unknown';
  let told = false;
  for (let first = true; ; first = false) {
    const failure = await lookWithin(context, setup, first ? firstLookMs : lookMs(end - clock.monotonicMs()), signal);
    signal.throwIfAborted();
    if (!(failure instanceof HoldfastError)) return failure;
    if (failure.code === 'HF_CONTAINER_SETTING') throw failure;
    if (known === 'unknown') known = await catalogSays(context, setup.job);
    const mayBeLost = known === 'some' || (known === 'unknown' && storageUnknown === 'fail');
    if (!mayPass(failure)) throw mayBeLost ? cannotRead(setup.job, known, failure) : failure;
    if (known === 'none') return undefined;
    if (clock.monotonicMs() >= end) {
      if (mayBeLost) throw storageAway(setup.job, known, waitMs, failure);
      return undefined;
    }
    // A launcher that is left alone from here on does not start it.
    if (mayBeLost) resuming();
    if (!told) say(`job ${setup.job} ${has(known)}, and its storage does not answer: waiting up to ${Math.round(waitMs / 1000)} s for it`);
    told = true;
    await delay(Math.min(retryMs, waitMs), undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

/** A launcher wants to hear that something is done. */
function lookMs(leftMs: number): number {
  return Math.min(Math.max(retryMs, leftMs), longestLookMs);
}

/** Where it does not answer, its silence tells nothing. */
async function catalogSays({ knownSnapshots, logger }: AgentContext, job: string): Promise<KnownSnapshots> {
  const given = new AbortController();
  const late = delay(catalogMs, 'unknown' as const, { signal: given.signal, ref: false });
  const asked = knownSnapshots(job).catch((error: unknown) => {
    logger.warn({ job, error: String(error) }, 'the catalog does not tell whether a job has snapshots');
    return 'unknown' as const;
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    given.abort();
    late.catch(() => undefined);
  }
}

function has(known: KnownSnapshots): string {
  return known === 'some' ? 'has snapshots' : 'may have snapshots';
}

/** Once, and in any case within so long; sooner where the signal comes. */
export async function lookWithin(
  context: AgentContext,
  setup: ContainerSetup,
  withinMs: number,
  signal: AbortSignal,
): Promise<StorageState | HoldfastError> {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), withinMs);
  const over = AbortSignal.any([signal, given.signal]);
  const late = new Promise<HoldfastError>((resolve) => {
    if (over.aborted) resolve(noAnswer(withinMs));
    over.addEventListener('abort', () => resolve(noAnswer(withinMs)), { once: true });
  });
  const asked = look(context, setup, over).catch((error: unknown) => {
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
  const environment = await context.environmentOf(setup.contract);
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

function cannotRead(job: string, known: KnownSnapshots, cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_AGENT_STORAGE', {
    message: `job ${job} ${has(known)}, and its storage cannot be used: ${cause.message}`,
    kind: cause.kind,
    operation: 'agent.create',
    cause,
    hint: `it was not started, since starting anew would lose what it has done${cause.hint === undefined ? '' : `: ${cause.hint}`}`,
  });
}

function storageAway(job: string, known: KnownSnapshots, waitedMs: number, cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_AGENT_STORAGE', {
    message: `job ${job} ${has(known)}, and its storage did not answer within ${Math.round(waitedMs / 1000)} s (${cause.message})`,
    kind: 'unavailable',
    operation: 'agent.create',
    cause,
    hint: 'it was not started, since starting anew would lose what it has done: start the container again once the storage answers',
  });
}
