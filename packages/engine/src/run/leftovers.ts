import { rm, stat } from 'node:fs/promises';
import type { Logger } from '@holdfast/core';
import { endLeftovers, isContainerAlive } from '../container/cleanup.js';
import { isProcessAlive } from '../container/process-identity.js';
import type { EngineTools } from '../container/tools.js';
import type { RunEventBody } from './events.js';
import { findRuns } from './run-record.js';

export interface LeftoverOptions {
  readonly stateDirectory: string;
  readonly tools: EngineTools;
  readonly job: string;
  readonly logger: Logger;
  readonly emit: (event: RunEventBody) => void;
}

/**
 * Ends and removes what dead attempts left on this machine. Attempts of the same job must be gone before it may start again, so a failure there
 * rejects. A job of another name that still runs after its Holdfast died is left in peace until its own line is run again: only what its
 * snapshots had staged is removed. A living attempt is never touched.
 */
export async function clearLeftovers({ stateDirectory, tools, job, logger, emit }: LeftoverOptions): Promise<void> {
  for (const { directory, record } of await findRuns(stateDirectory)) {
    if (record === undefined) {
      await removeIfOld(directory);
      continue;
    }
    if (isProcessAlive(record.owner)) continue;
    for (const folder of record.stagingFolders) await rm(folder, { recursive: true, force: true });
    if (record.job !== job && (await isContainerAlive(record.containerId))) continue;
    await endLeftovers({ tools, stateDirectory, runDirectory: directory, containerId: record.containerId });
    for (const folder of record.folders) await rm(folder, { recursive: true, force: true });
    logger.info({ job: record.job, attempt: record.attempt }, 'ended what a dead attempt had left');
    if (record.job === job) emit({ type: 'leftovers.ended', deadAttempt: record.attempt });
  }
}

/** A folder without a record belongs to an attempt that died before it did anything, or to one that is about to write it. */
async function removeIfOld(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > 60_000) await rm(directory, { recursive: true, force: true });
}
