import { rm, stat } from 'node:fs/promises';
import type { Logger } from '@holdfast/core';
import { endLeftovers, isContainerAlive } from '../container/cleanup.js';
import { keeperProcesses } from '../container/keeper-processes.js';
import { isProcessAlive } from '../container/process-identity.js';
import type { EngineTools } from '../container/tools.js';
import type { RunEventBody } from './events.js';
import { findRuns, type RunRecord, readRunRecord, stateDirectoryOf } from './run-record.js';

export interface LeftoverOptions {
  readonly stateDirectory: string;
  readonly tools: EngineTools;
  readonly job: string;
  readonly repositoryId: string;
  readonly logger: Logger;
  readonly emit: (event: RunEventBody) => void;
}

/**
 * Ends and removes what dead attempts left on this machine, those of the job under another state directory too. Attempts of the same job must be gone before
 * it may start again, so a failure there rejects. A job of another name that still runs after its Holdfast died is left in peace until its own line is run again: only what its
 * snapshots had staged is removed. A living attempt is never touched.
 */
export async function clearLeftovers(options: LeftoverOptions): Promise<void> {
  const { stateDirectory, job } = options;
  for (const { directory, record } of await findRuns(stateDirectory)) {
    if (record === undefined) {
      await removeIfOld(directory);
      continue;
    }
    if (isProcessAlive(record.owner)) continue;
    for (const folder of record.stagingFolders) await rm(folder, { recursive: true, force: true });
    if (record.job !== job && (await isContainerAlive(record.containerId))) continue;
    await endRun(options, { directory, record });
  }
  for (const found of await runsElsewhere(stateDirectory)) if (isOrphan(found.record, options)) await endRun(options, found);
}

interface RecordedRun {
  readonly directory: string;
  readonly record: RunRecord;
}

async function endRun({ tools, job, logger, emit }: LeftoverOptions, { directory, record }: RecordedRun): Promise<void> {
  await endLeftovers({ tools, stateDirectory: stateDirectoryOf(directory), runDirectory: directory, containerId: record.containerId });
  for (const folder of [...record.folders, ...record.stagingFolders]) await rm(folder, { recursive: true, force: true });
  logger.info({ job: record.job, attempt: record.attempt, directory }, 'ended what a dead attempt had left');
  if (record.job === job) emit({ type: 'leftovers.ended', deadAttempt: record.attempt });
}

/** Of the same job of the same repository: a job of that name on another storage is nobody's business here. */
function isOrphan(record: RunRecord, { job, repositoryId }: LeftoverOptions): boolean {
  return record.job === job && record.repositoryId === repositoryId && !isProcessAlive(record.owner);
}

/** Runs under other state directories that have a process here still: a keeper lives as long as its job does. */
async function runsElsewhere(stateDirectory: string): Promise<readonly RecordedRun[]> {
  const directories = (await keeperProcesses()).map((keeper) => keeper.runDirectory);
  const found: RecordedRun[] = [];
  for (const directory of new Set(directories)) {
    const record = stateDirectoryOf(directory) === stateDirectory ? undefined : await readRunRecord(directory);
    if (record !== undefined) found.push({ directory, record });
  }
  return found;
}

/** A folder without a record belongs to an attempt that died before it did anything, or to one that is about to write it. */
async function removeIfOld(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > 60_000) await rm(directory, { recursive: true, force: true });
}
