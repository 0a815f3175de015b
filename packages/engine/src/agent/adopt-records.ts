import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRuncState } from '../container/adopted/runc-state.js';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import { freezerOf } from './adopt-container.js';
import { removeAttemptFolders } from './agent-attempt.js';
import type { AgentContext } from './agent-context.js';
import { ContainerEntry } from './container-entry.js';
import { type ContainerRecord, readContainerRecords, recordFile, removeContainerRecord } from './container-record.js';
import { bundleFile } from '../oci/bundle.js';
import { readSetup } from './container-setup.js';
import { creationMs } from './protect-container.js';
import { keepWhatWas } from './root-before.js';

type AdoptContext = Pick<AgentContext, 'config' | 'docker' | 'logger' | 'clock'>;

const thawMs = 10_000;

export interface Adopted {
  readonly entries: readonly ContainerEntry[];
  /** Of containers that ended while no agent ran, whose job was claimed for them. */
  readonly ended: readonly ContainerRecord[];
}

/**
 * Finds what a dead agent has left on this machine: thaws every container of its, since nobody else does, then makes out which of them live or are just being
 * made by their launchers. What is left of the others is removed, but for the records of those whose end may have to be noted.
 */
export async function adoptRecords(context: AdoptContext): Promise<Adopted> {
  const { config } = context;
  const records = await readContainerRecords(config.stateDirectory);
  await Promise.all(records.map((record) => thaw(context, record)));
  const entries: ContainerEntry[] = [];
  const ended: ContainerRecord[] = [];
  for (const record of records) {
    const entry = await adopt(context, record);
    if (entry === 'ended') ended.push(record);
    if (entry instanceof ContainerEntry) entries.push(entry);
    else for (const attempt of record.attempts) await removeAttemptFolders(config.stateDirectory, attempt);
  }
  return { entries, ended };
}

async function thaw(context: AdoptContext, { root, id }: ContainerRecord): Promise<void> {
  const state = await readRuncState(root, id).catch(() => undefined);
  if (state === undefined) return;
  // Somebody's `docker pause` is theirs to undo. Where Docker does not tell, a job that runs is worth more.
  const docker = await context.docker.stateOf(id);
  if (typeof docker === 'object' && docker.paused) return;
  const freezer = await freezerOf(context, state);
  await freezer?.thaw(thawMs).catch((error: unknown) => context.logger.error({ container: id, error: String(error) }, 'a container was not thawed'));
}

async function adopt(context: AdoptContext, record: ContainerRecord): Promise<ContainerEntry | 'ended' | undefined> {
  const { logger, config, clock } = context;
  try {
    const lives = (await readRuncState(record.root, record.id)) !== undefined;
    if (lives || (await isBeingMade(context, record))) {
      const setup = await readSetup(context, record, record.name);
      if (setup !== undefined) {
        const entry = new ContainerEntry(setup, clock.now().toISOString(), record);
        if (lives) {
          entry.tellStarted();
          // One that runs was resumed to the end, whatever the agent before could still do then.
          await keepWhatWas(context, setup, () => undefined);
        }
        return entry;
      }
    }
    if (!lives && record.attempts.length > 0) return 'ended';
    await removeContainerRecord(config.stateDirectory, record.id);
  } catch (error) {
    logger.warn({ container: record.id, error: asHoldfastError(error).message }, 'a container of the agent before is not protected any more');
  }
  return undefined;
}

/** The agent before has said what is to become of it, and its launcher, which needs no agent for that, is at it: runc notes nothing before it is done. */
async function isBeingMade({ config }: AdoptContext, { id, root, bundle }: ContainerRecord): Promise<boolean> {
  const noted = await stat(recordFile(config.stateDirectory, id)).catch(() => undefined);
  if (noted === undefined || Date.now() - noted.mtimeMs > config.limits.restoreTimeoutMs + creationMs) return false;
  // One that has ended is there until Docker removes it.
  const [left, made] = await Promise.all([stat(bundleFile(bundle)), stat(join(root, id))].map((found) => found.then(Boolean, () => false)));
  return left === true && made === false;
}
