import { stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { tellEnd } from '../catalog/tell-end.js';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import { isLost } from '../run/job-end.js';
import type { AgentContext } from './agent-context.js';
import { type ContainerRecord, recordFile } from './container-record.js';
import type { RememberedEnd } from './docker-api.js';
import { readRelayedSignals } from './relayed-signals.js';
import { mayEnd } from './stop-signal.js';
import { mayPass } from './storage-state.js';

/** How a job ended by itself. */
interface OwnEnd {
  readonly exitCode: number;
  readonly finishedAtMs: number;
}

/** For a Docker that starts after the agent to answer. */
const dockerMs = 120_000;
const [dockerRetryMs, firstRetryMs, longestRetryMs] = [2000, 1000, 15_000];
/** What an owner waits between the signal and SIGKILL, at most. */
const longestGraceMs = 15 * 60_000;
/** Docker's own word for one whose end it did not see: as after a loss of the machine. */
const unseen = 255;

/**
 * Notes the end of a job whose container ended while no agent ran, if it ended by itself: the next container of the job then starts anew. Where that cannot be
 * known it counts as interrupted, and is resumed: what it has done is worth more than what it would do twice. Resolves once that is settled, or the signal came.
 * Never rejects. `startsAgain`: the same container waits for this agent to be started once more, and Docker for it: what Docker has not told by then it does not.
 */
export async function noteEndOfRecord(context: AgentContext, record: ContainerRecord, signal: AbortSignal, startsAgain?: AbortSignal): Promise<void> {
  const { logger } = context;
  const { id, job } = record;
  try {
    const end = await ownEndOf(context, record, AbortSignal.any([signal, ...(startsAgain === undefined ? [] : [startsAgain])]));
    if (end === undefined || signal.aborted) return;
    for (let retryMs = firstRetryMs; !signal.aborted; retryMs = Math.min(2 * retryMs, longestRetryMs)) {
      const failure = await note(context, record, end).then(() => undefined, asHoldfastError);
      if (failure === undefined) return logger.info({ job, container: id, exitCode: end.exitCode }, 'a job ended while no agent ran');
      if (!mayPass(failure)) throw failure;
      await delay(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  } catch (error) {
    logger.warn(
      { job, container: id, error: asHoldfastError(error).message },
      'the end of a job that ended while no agent ran was not noted: it will be resumed',
    );
  }
}

/** Undefined where it was interrupted, or nobody can tell. */
async function ownEndOf(context: AgentContext, record: ContainerRecord, signal: AbortSignal): Promise<OwnEnd | undefined> {
  const { docker, config, clock } = context;
  if (await wasBeforeBoot(config.stateDirectory, record.id)) return undefined;
  const end = clock.monotonicMs() + dockerMs;
  let state = await docker.stateOf(record.id);
  let remembered = await rememberedWithout(context, record, state);
  while (state === undefined && remembered === undefined && clock.monotonicMs() < end && !signal.aborted) {
    await delay(dockerRetryMs, undefined, { signal, ref: false }).catch(() => undefined);
    state = await docker.stateOf(record.id);
    remembered = await rememberedWithout(context, record, state);
  }
  if (typeof state === 'object' && (state.running || !state.started || state.outOfMemory)) return undefined;
  const ended = typeof state === 'object' ? state : remembered;
  if (ended === undefined || Number.isNaN(ended.finishedAtMs)) return undefined;
  const { exitCode, finishedAtMs } = ended;
  if (exitCode === unseen || isLost({ exitCode, signal: undefined }, undefined)) return undefined;
  const stopSignal = typeof state === 'object' ? state.stopSignal : undefined;
  const signals = await readRelayedSignals(config.agent.socket, record.id);
  const isFromOutside = signals.some(({ signal: number, atMs }) => mayEnd(number, stopSignal) && atMs > finishedAtMs - longestGraceMs);
  return isFromOutside ? undefined : { exitCode, finishedAtMs };
}

/**
 * Of a container that is removed, or that Docker is just starting again: then it tells no state, since the start waits for this agent, but the end by its events. An end
 * before the record is that of an earlier run.
 */
async function rememberedWithout(
  { docker, config }: AgentContext,
  { id }: ContainerRecord,
  state: Awaited<ReturnType<AgentContext['docker']['stateOf']>>,
): Promise<RememberedEnd | undefined> {
  if (typeof state === 'object') return undefined;
  const end = await docker.rememberedEnd(id);
  if (end === undefined || end.outOfMemory) return undefined;
  if (state === 'gone') return end;
  const noted = await stat(recordFile(config.stateDirectory, id)).catch(() => undefined);
  return noted === undefined || end.finishedAtMs < noted.mtimeMs ? undefined : end;
}

/** The container was lost with the machine, as far as anybody can tell. */
async function wasBeforeBoot(stateDirectory: string, id: string): Promise<boolean> {
  const noted = await stat(recordFile(stateDirectory, id)).catch(() => undefined);
  return noted === undefined || noted.mtimeMs < Date.now() - uptime() * 1000;
}

async function note({ environmentOf }: AgentContext, { job, attempts, place }: ContainerRecord, { exitCode, finishedAtMs }: OwnEnd): Promise<void> {
  if (place === undefined) return;
  const environment = await environmentOf(place);
  const { store } = environment;
  const { epoch } = await store.state(job);
  // Somebody else's now.
  if (epoch === undefined || !attempts.includes(epoch.holder.attempt)) return;
  if (epoch.end === undefined) await store.end(epoch, { exitCode, endedAt: new Date(finishedAtMs).toISOString() });
  await tellEnd(environment, job, epoch.holder.attempt);
}
