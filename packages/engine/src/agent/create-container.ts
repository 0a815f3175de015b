import { mkdir, writeFile } from 'node:fs/promises';
import { arch } from 'node:process';
import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { AdoptedContainer } from '../container/adopted/adopted-container.js';
import { criuConfigText } from '../container/criu-config.js';
import { amendBundle } from '../oci/amend-bundle.js';
import { ActiveRun } from '../run/active-run.js';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import type { RunEvent } from '../run/events.js';
import { criuConfigOf } from './adopt-container.js';
import { closeAttempt, newAttemptName, openAttempt } from './agent-attempt.js';
import type { AgentContext } from './agent-context.js';
import { assertResumable } from './assert-resumable.js';
import type { ContainerEntry } from './container-entry.js';
import { containerDirectory, writeContainerRecord } from './container-record.js';
import { commandOf, notStarted } from './goes-on.js';
import type { LauncherConversation } from './launcher-conversation.js';
import type { ClaimedJob } from './protect-container.js';
import { resumeContainer } from './resume-container.js';
import { cleanUpLeft } from './root-before.js';
import { slowRestoreTeller } from './slow-restore.js';
import { askStorage, isToResume, type StorageState } from './storage-state.js';

/** What was decided, and said to the launcher. */
export type Creation =
  /** The container was made out of its job's snapshot, and is protected. */
  | { readonly kind: 'resumed' }
  /** It is made by the launcher, and is to be protected once it runs. */
  | { readonly kind: 'anew'; readonly claimed: ClaimedJob | undefined }
  /** Its job has snapshots and cannot go on from them now. Starting it anew would lose what it has done: nothing was said to the launcher. */
  | { readonly kind: 'failed'; readonly failure: HoldfastError };

/** Decides what becomes of a container, and has the launcher do it. Rejects where it cannot be protected; nothing was decided then. */
export async function createContainer(context: AgentContext, entry: ContainerEntry, conversation: LauncherConversation): Promise<Creation> {
  const { config } = context;
  const { setup } = entry;
  await mkdir(containerDirectory(config.stateDirectory, setup.id), { recursive: true, mode: 0o700 });
  const criuConfigPath = criuConfigOf(config.stateDirectory, setup.id);
  await writeFile(criuConfigPath, criuConfigText({ tcp: config.job.tcp }), { mode: 0o600 });
  await amendBundle(setup.description, { criuConfigPath, architecture: arch });
  await writeContainerRecord(config.stateDirectory, entry.record);
  const found = await askStorage(context, setup, conversation).catch(failed);
  if (found instanceof HoldfastError) return { kind: 'failed', failure: found };
  if (found !== undefined && isToResume(found.state)) return await resume(context, entry, found, conversation);
  if (found === undefined) {
    entry.waitsFor('its storage does not answer');
    conversation.say(`the storage does not answer: job ${setup.job} starts anew, and no snapshot of it is taken until the storage is back`);
  }
  // Without its launcher nobody starts it, or it starts without Holdfast.
  conversation.signal.throwIfAborted();
  await cleanUpLeft(context, setup, conversation);
  conversation.signal.throwIfAborted();
  conversation.decide({ do: 'create' });
  return { kind: 'anew', claimed: undefined };
}

async function resume(
  context: AgentContext,
  entry: ContainerEntry,
  { environment, state }: StorageState,
  conversation: LauncherConversation,
): Promise<Creation> {
  const { setup } = entry;
  const { signal } = conversation;
  conversation.resuming();
  const attempt = await openAttempt(context, environment, setup, newAttemptName(), signal).catch(asHoldfastError);
  if (attempt instanceof HoldfastError) return { kind: 'failed', failure: attempt };
  const { events } = attempt.options;
  events.listen((event) => entry.hear(event));
  const slow = slowRestoreTeller(context.clock);
  events.listen((event) => {
    if (event.type === 'restore.progress') conversation.resuming();
    const text = textOf(event) ?? slow(event);
    if (text !== undefined) conversation.say(text);
  });
  try {
    for (const note of await assertResumable(context, setup, environment, { signal })) conversation.say(note);
    await entry.noteAttempt(context.config.stateDirectory, attempt.holder.attempt, state);
    const epoch = await environment.store.claim(setup.job, attempt.holder, { kind: 'newest' }, { signal });
    events.emit({ type: 'attempt.started', epoch: epoch.epoch, resuming: epoch.from?.number });
    const restored = await resumeContainer({ context, setup, attempt, conversation, epoch });
    if (restored === undefined) {
      const fresh = await environment.store.claim(setup.job, attempt.holder, { kind: 'fresh' }, { signal });
      conversation.say(`job ${setup.job} starts anew`);
      conversation.decide({ do: 'create' });
      return { kind: 'anew', claimed: { attempt, epoch: fresh } };
    }
    const own = attempt.options.request;
    const goesOn = commandOf(restored.metadata);
    const run = await ActiveRun.create({ ...attempt.options, request: { ...own, ...goesOn }, ...restored, restored });
    if (restored.container instanceof AdoptedContainer) entry.protectedBy(run, restored.container);
    const note = notStarted(setup.job, own, goesOn);
    if (note !== undefined) conversation.say(note);
    conversation.decide({ do: 'done' });
    return { kind: 'resumed' };
  } catch (error) {
    await closeAttempt(attempt);
    return { kind: 'failed', failure: asHoldfastError(error) };
  }
}

/** What starting anew would make worse; everything else is thrown. */
function failed(error: unknown): HoldfastError {
  if (isHoldfastError(error) && error.code === 'HF_AGENT_STORAGE') return error;
  throw error;
}

/** What the reader of the container's log should know. */
function textOf(event: RunEvent): string | undefined {
  if (event.type === 'restore.started') return `resuming job ${event.job} from snapshot ${event.snapshot} of ${event.takenAt}`;
  if (event.type === 'restore.failed') return `snapshot ${event.snapshot} could not be resumed: ${event.message}`;
  if (event.type === 'resume.eager') return `all memory comes before it runs: ${event.reason}`;
  if (event.type === 'files.moved') return `${event.count} files that stood in the way were moved to ${event.folder}`;
  if (event.type === 'job.resumed') return `resumed from snapshot ${event.snapshot} in ${event.restoreMs} ms`;
  if (event.type === 'output.repeats') return `what the job printed since ${event.sinceSnapshotAt} may be printed again`;
  return undefined;
}
