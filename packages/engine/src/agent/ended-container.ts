import { stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { tellEnd } from '../catalog/tell-end.js';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import { isLost } from '../run/job-end.js';
import type { AgentContext } from './agent-context.js';
import { type ContainerRecord, recordFile } from './container-record.js';
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
 * Never rejects.
 */
export async function noteEndOfRecord(context: AgentContext, record: ContainerRecord, signal: AbortSignal): Promise<void> {
  const { logger } = context;
  const { id, job } = record;
  try {
    const end = await ownEndOf(context, record, signal);
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
  while (state === undefined && clock.monotonicMs() < end && !signal.aborted) {
    await delay(dockerRetryMs, undefined, { signal, ref: false }).catch(() => undefined);
    state = await docker.stateOf(record.id);
  }
  if (state === undefined || (state !== 'gone' && (state.running || !state.started || state.outOfMemory))) return undefined;
  const ended = state === 'gone' ? await docker.rememberedEnd(record.id) : state;
  if (ended === undefined || Number.isNaN(ended.finishedAtMs)) return undefined;
  const { exitCode, finishedAtMs } = ended;
  if (exitCode === unseen || isLost({ exitCode, signal: undefined }, undefined)) return undefined;
  const stopSignal = state === 'gone' ? undefined : state.stopSignal;
  const signals = await readRelayedSignals(config.agent.socket, record.id);
  const isFromOutside = signals.some(({ signal: number, atMs }) => mayEnd(number, stopSignal) && atMs > finishedAtMs - longestGraceMs);
  return isFromOutside ? undefined : { exitCode, finishedAtMs };
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
