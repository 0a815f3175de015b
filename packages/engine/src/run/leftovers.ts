import { rm } from 'node:fs/promises';
import type { Logger } from '@holdfast/core';
import { endLeftovers } from '../container/cleanup.js';
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
 * Ends and removes what dead attempts left on this machine: containers, staging, run folders. Attempts of the same job must be gone before it
 * may start again, so a failure there rejects; those of other jobs are only tried. A living attempt is never touched.
 */
export async function clearLeftovers({ stateDirectory, tools, job, logger, emit }: LeftoverOptions): Promise<void> {
  for (const { directory, record } of await findRuns(stateDirectory)) {
    if (record === undefined || isProcessAlive(record.owner)) continue;
    // A job that still runs after its Holdfast died is left in peace until its own line is run again.
    if (record.job !== job) continue;
    await endLeftovers({ tools, stateDirectory, runDirectory: directory, containerId: record.containerId });
    for (const folder of record.folders) await rm(folder, { recursive: true, force: true });
    logger.info({ job, attempt: record.attempt }, 'ended what a dead attempt had left');
    emit({ type: 'leftovers.ended', deadAttempt: record.attempt });
  }
}
