import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochHolder, Lease } from '@holdfast/core';
import { removeFolder } from '../container/remove-folder.js';
import { CatalogNotes } from '../run/catalog-notes.js';
import { EventLog } from '../run/event-log.js';
import { takeLease } from '../run/lease-keeper.js';
import type { ActiveRunOptions, RunEnvironment } from '../run/run-environment.js';
import { runDirectory, writeRunRecord } from '../run/run-record.js';
import type { StagingPlaces } from '../run/staging.js';
import type { AgentContext } from './agent-context.js';
import type { ContainerSetup } from './container-setup.js';
import { requestOf } from './request-of.js';

/** One agent's ownership of a container's job: what of a run there is before its container. */
export interface AgentAttempt {
  readonly holder: EpochHolder;
  readonly staging: StagingPlaces;
  readonly options: Omit<ActiveRunOptions, 'epoch' | 'container' | 'roots' | 'restored' | 'announcements' | 'continues'>;
}

/** What a container's job is called by; docs/container-contract.md. */
const namedBy = 'HOLDFAST_JOB in its environment (of AWS Batch: submit it as a job of its own, which has its own AWS_BATCH_JOB_ID)';

export function newAttemptName(): string {
  return randomBytes(6).toString('hex');
}

/** Where an attempt keeps things on this machine, beside the container's own folder. */
export function attemptFolders(stateDirectory: string, attempt: string, memoryDirectory = '/dev/shm'): readonly string[] {
  return [join(memoryDirectory, `holdfast-${attempt}`), join(stateDirectory, 'staging', attempt), runDirectory(stateDirectory, attempt)];
}

/** Takes the job's lease and makes the attempt's folders. Rejects with HF_JOB_HELD where the job runs elsewhere, or in another container of this node; nothing is left then. */
export async function openAttempt(
  context: AgentContext,
  given: RunEnvironment,
  setup: ContainerSetup,
  attempt: string,
  signal?: AbortSignal,
): Promise<AgentAttempt> {
  const { identity, host, clock, logger, options, snapshotTurns } = context;
  const environment = { ...given, snapshotTurns, exclude: [...given.exclude, ...setup.files.exclude] };
  const { store, catalog, stateDirectory, leaseTtlMs } = environment;
  const { job } = setup;
  await context.assertNotHeldHere(setup);
  const events = new EventLog(clock, job, attempt, logger);
  if (options.onEvent !== undefined) events.listen(options.onEvent);
  const notes = new CatalogNotes({ catalog, store, journal: environment.journal, logger, emit: events.emit.bind(events) });
  const lease = await takeLease(catalog, job, { attempt, host, ...identity }, { ttlMs: leaseTtlMs, signal, logger, namedBy });
  const directory = runDirectory(stateDirectory, attempt);
  const memoryDirectory = join(environment.memoryDirectory, `holdfast-${attempt}`);
  const staging = {
    memoryDirectory: join(memoryDirectory, 'staging'),
    diskDirectory: join(stateDirectory, 'staging', attempt),
    plainDisk: environment.plainDiskStaging,
  };
  const request = requestOf(setup, context.config);
  const made: AgentAttempt = {
    holder: { attempt, host, pid: identity.pid },
    staging,
    options: { environment, request, attempt, host, identity, directory, memoryDirectory, lease, signal: undefined, events, notes },
  };
  try {
    await writeRunRecord(directory, {
      version: 1,
      job,
      attempt,
      repositoryId: store.repositoryId,
      containerId: setup.id,
      owner: identity,
      startedAt: clock.now().toISOString(),
      folders: [memoryDirectory],
      stagingFolders: [staging.memoryDirectory, staging.diskDirectory],
    });
    // Exclusive: the folder above it is everybody's.
    await mkdir(memoryDirectory, { mode: 0o700 });
    return made;
  } catch (error) {
    await closeAttempt(made);
    throw error;
  }
}

/** Undoes what `openAttempt` did, where no run came of it. Never rejects. */
export async function closeAttempt({ options }: AgentAttempt): Promise<void> {
  const { environment, attempt, lease, notes, events } = options;
  await notes.settled();
  await removeAttemptFolders(environment.stateDirectory, attempt, environment.memoryDirectory);
  await release(environment, lease);
  events.end();
}

/** Also of an attempt that died with its agent. Never rejects. */
export async function removeAttemptFolders(stateDirectory: string, attempt: string, memoryDirectory?: string): Promise<void> {
  for (const folder of attemptFolders(stateDirectory, attempt, memoryDirectory)) await removeFolder(folder).catch(() => undefined);
}

async function release({ catalog }: RunEnvironment, lease: Lease | undefined): Promise<void> {
  if (lease !== undefined) await catalog.releaseLease(lease).catch(() => undefined);
}
