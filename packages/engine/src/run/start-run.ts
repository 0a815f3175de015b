import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { CheckpointStore, CheckpointSummary, Epoch, EpochHolder, JobState, Lease } from '@holdfast/core';
import { overNote } from '../catalog/attempt-note.js';
import { keepNote } from '../catalog/keep-note.js';
import { endLeftovers } from '../container/cleanup.js';
import { ownProcessIdentity } from '../container/process-identity.js';
import { layoutOf } from '../container/layout.js';
import { removeFolder } from '../container/remove-folder.js';
import { type ContainerOptions, restoreContainer, startContainer } from '../container/running-container.js';
import type { TrackedRoot } from '../files/index.js';
import { ActiveRun } from './active-run.js';
import { assertProgram } from './assert-program.js';
import { CatalogNotes } from './catalog-notes.js';
import { EventLog } from './event-log.js';
import { forkFirst } from './fork-first.js';
import { takeLease } from './lease-keeper.js';
import { clearLeftovers } from './leftovers.js';
import { describeMachine } from '../preflight/machine.js';
import { refuseBesideOrphan } from './orphan.js';
import { ownPathsOf, pathsOf } from './own-paths.js';
import { familyOf, type OwnPaths, refuseBesideRelatives } from './relatives.js';
import { restore } from './restore.js';
import { clearRestoreStaging, placeForImages } from './restore-staging.js';
import { assertTrackablePaths, type RootPlaces, removePrivateRoots, rootsOfNewJob, rootsOfSnapshot } from './roots.js';
import type { CompleteRequest, RunEnvironment, Started } from './run-environment.js';
import { containerIdOf, type RunRecord, runDirectory, writeRunRecord } from './run-record.js';
import { tellForked } from './tell-forked.js';
import type { Run, RunOptions } from './types.js';
import { tellUnreadable } from './unreadable-snapshots.js';

/** Starts the job or resumes it. Rejects only where the job could not begin; what was made until then is undone. */
export async function startRun(environment: RunEnvironment, request: CompleteRequest, { signal, onEvent }: RunOptions): Promise<Run> {
  const { store, catalog, stateDirectory, tools, clock, logger } = environment;
  const attempt = randomBytes(6).toString('hex');
  const identity = ownProcessIdentity();
  const host = hostname();
  const events = new EventLog(clock, request.job, attempt, logger);
  if (onEvent !== undefined) events.listen(onEvent);
  const emit = events.emit.bind(events);
  const notes = new CatalogNotes({ catalog, store, journal: environment.journal, logger, emit });
  const lease = await takeLease(catalog, request.job, { attempt, host, ...identity }, { ttlMs: environment.leaseTtlMs, signal, logger });
  const directory = runDirectory(stateDirectory, attempt);
  const memoryDirectory = join(environment.memoryDirectory, `holdfast-${attempt}`);
  const containerId = containerIdOf(attempt);
  try {
    await clearLeftovers({ stateDirectory, tools, job: request.job, repositoryId: store.repositoryId, logger, emit });
    const record: RunRecord = {
      version: 1,
      job: request.job,
      attempt,
      repositoryId: store.repositoryId,
      containerId,
      owner: identity,
      startedAt: clock.now().toISOString(),
      folders: [memoryDirectory],
      stagingFolders: [join(memoryDirectory, 'staging'), join(stateDirectory, 'staging', attempt)],
    };
    await writeRunRecord(directory, record);
    // Exclusive: the folder above it is everybody's.
    await mkdir(memoryDirectory, { mode: 0o700 });
    const started = await begin(environment, request, {
      attempt,
      host,
      identity,
      directory,
      memoryDirectory,
      containerId,
      record,
      emit,
      notes,
      signal,
    });
    return await ActiveRun.create({
      environment,
      request,
      attempt,
      host,
      identity,
      directory,
      memoryDirectory,
      lease,
      signal,
      events,
      notes,
      ...started,
    });
  } catch (error) {
    await notes.settled();
    await undo(environment, lease, containerId, directory, [memoryDirectory, join(stateDirectory, 'staging', attempt)]);
    throw error;
  }
}

interface Place {
  readonly attempt: string;
  readonly host: string;
  readonly identity: { readonly pid: number };
  readonly directory: string;
  readonly memoryDirectory: string;
  readonly containerId: string;
  readonly record: RunRecord;
  /** What the job was forked from. */
  readonly sources?: JobState['sources'] | undefined;
  readonly emit: EventLog['emit'];
  readonly notes: CatalogNotes;
  readonly signal: AbortSignal | undefined;
}

async function begin(environment: RunEnvironment, request: CompleteRequest, place: Place): Promise<Started> {
  const { store } = environment;
  const { attempt, emit } = place;
  const signal = place.signal ?? new AbortController().signal;
  const holder: EpochHolder = { attempt, host: place.host, pid: place.identity.pid };
  const before = await stateBefore(environment, request, holder, place.notes, signal);
  const anew = before === undefined || before.epoch?.end !== undefined;
  if (before?.epoch !== undefined) await refuseBesideOrphan(request.job, before.epoch.holder.attempt);
  const record = anew ? place.record : await meetRelatives(environment, request, before, place, signal);
  if (!anew) await tellUnreadable({ store, state: before, policy: request.onRestoreFailure, emit, signal });
  // Before anything is claimed: what is refused leaves no job behind.
  if (anew) await assertTrackablePaths(request.workingDirectory, request.track);
  if (anew || before.newest === undefined) await assertProgram(request);
  const epoch = await store.claim(request.job, holder, anew ? { kind: 'fresh' } : { kind: 'newest' }, { signal });
  emit({ type: 'attempt.started', epoch: epoch.epoch, resuming: epoch.from?.number });
  try {
    return await startClaimed(environment, request, { ...place, record, sources: before?.sources }, epoch, holder, signal);
  } catch (error) {
    // Else the next attempt would take it for one that was lost.
    const now = environment.clock.now().toISOString();
    const note = overNote(undefined, { outcome: 'failed', endedAt: now, exitCode: undefined }, now);
    await keepNote({ environment, epoch }, 'over', note);
    throw error;
  }
}

async function startClaimed(
  environment: RunEnvironment,
  request: CompleteRequest,
  place: Place,
  epoch: Epoch,
  holder: EpochHolder,
  signal: AbortSignal,
): Promise<Started> {
  const { store } = environment;
  const { attempt, emit, record } = place;
  const places: RootPlaces = { runDirectory: place.directory, memoryDirectory: place.memoryDirectory };
  const options = containerOptions(environment, request, place);
  if (epoch.from !== undefined) {
    const stagingDirectory = join(environment.stateDirectory, 'staging', attempt);
    const staging = {
      memoryDirectory: join(place.memoryDirectory, 'staging'),
      diskDirectory: stagingDirectory,
      plainDisk: environment.plainDiskStaging,
    };
    const restored = await restore(
      {
        job: request.job,
        attempt,
        store,
        holder,
        sources: place.sources,
        policy: request.onRestoreFailure,
        emit,
        signal,
        stagingDirectory,
        imagesPlace: (memoryBytes) => placeForImages(staging, memoryBytes),
        resume: request.resume,
        pager: { program: environment.tools.pager, folder: layoutOf(place.directory).work, patienceMs: environment.limits.pagesTimeoutMs },
        machine: await describeMachine(environment.tools.criu),
        treeTool: environment.tools.tree,
        exclude: environment.exclude,
        logger: environment.logger,
        clock: environment.clock,
        placeRoots: async (metadata) => notePaths(place, record, await rootsOfSnapshot(metadata, places, hereOf(request))),
        start: (metadata, roots, imagesDirectory, lazy) =>
          restoreContainer({
            ...options,
            lazy,
            roots,
            imagesDirectory,
            recordedMounts: metadata.mounts,
            recorded: metadata.container,
            skipStdinBytes: metadata.stdin.consumedBytes,
            deadlineMs: environment.limits.restoreTimeoutMs,
          }),
      },
      epoch,
    );
    await clearRestoreStaging(staging, restored?.images.folder);
    if (restored !== undefined) return { ...restored, restored };
  }
  const current = epoch.from === undefined ? epoch : await claimFresh(store, request.job, holder, places, signal);
  const roots = await notePaths(place, record, await rootsOfNewJob(request.workingDirectory, request.track, places));
  const container = await startContainer({ ...options, roots });
  return { epoch: current, container, roots, restored: undefined, announcements: [{ type: 'job.started', pid: container.initPid }] };
}

/** Undefined where the job is to start anew: nothing of what was before matters then, not even whether it can be read. */
async function stateBefore(
  environment: RunEnvironment,
  { job, fresh, from, here }: CompleteRequest,
  holder: EpochHolder,
  notes: CatalogNotes,
  signal: AbortSignal,
): Promise<JobState | undefined> {
  const { store, stateDirectory } = environment;
  if (fresh) return undefined;
  if (from === undefined) return await store.state(job, { signal });
  const tell = (made: CheckpointSummary): Promise<void> => tellForked(environment, notes, made, signal);
  return await forkFirst({ store, stateDirectory, job, from, here, holder, signal, tell });
}

/** First says who this is, then looks who is there: of two that start at the same time at least one sees the other. */
async function meetRelatives(
  { store, stateDirectory }: RunEnvironment,
  request: CompleteRequest,
  { sources }: JobState,
  place: Place,
  signal: AbortSignal,
): Promise<RunRecord> {
  const family = familyOf(request.job, sources);
  const record = { ...place.record, family };
  await writeRunRecord(place.directory, record);
  const ownPaths = async (): Promise<OwnPaths | undefined> => {
    const own = await ownPathsOf(store, request.job, hereOf(request), signal);
    // A relative that starts now may wait for this, as this one does for its.
    if (own !== undefined) await writeRunRecord(place.directory, { ...record, paths: own.paths });
    return own;
  };
  await refuseBesideRelatives(stateDirectory, request.job, family, ownPaths, { signal });
  return record;
}

async function notePaths(place: Place, record: RunRecord, roots: readonly TrackedRoot[]): Promise<readonly TrackedRoot[]> {
  await writeRunRecord(place.directory, { ...record, paths: pathsOf(roots) });
  return roots;
}

function hereOf({ here, workingDirectory }: CompleteRequest): string | undefined {
  return here ? workingDirectory : undefined;
}

/** No snapshot could be restored and the policy says to start anew: what the attempts have put into the job's own folders goes. */
async function claimFresh(store: CheckpointStore, job: string, holder: EpochHolder, places: RootPlaces, signal: AbortSignal): Promise<Epoch> {
  const epoch = await store.claim(job, holder, { kind: 'fresh' }, { signal });
  await removePrivateRoots(places);
  return epoch;
}

function containerOptions(environment: RunEnvironment, request: CompleteRequest, place: Place): Omit<ContainerOptions, 'roots'> {
  return {
    tools: environment.tools,
    stateDirectory: environment.stateDirectory,
    runDirectory: place.directory,
    id: place.containerId,
    command: request.command,
    environment: request.environment,
    workingDirectory: request.workingDirectory,
    storageRoot: environment.storageRoot,
    tcp: request.tcp,
    streams: request.streams,
    logger: environment.logger,
    warn: (message, hint) => place.emit({ type: 'warning', code: 'HF_MOUNT_HUNG', message, hint }),
    signal: place.signal,
  };
}

/** Whatever was made until then, a container that runs already included. */
async function undo(
  environment: RunEnvironment,
  lease: Lease | undefined,
  containerId: string,
  runDirectory: string,
  folders: readonly string[],
): Promise<void> {
  const { tools, stateDirectory, catalog } = environment;
  await endLeftovers({ tools, stateDirectory, runDirectory, containerId }).catch(() => undefined);
  for (const folder of folders) await removeFolder(folder).catch(() => undefined);
  if (lease !== undefined) await catalog.releaseLease(lease).catch(() => undefined);
}
