import { readRuncState } from '../container/adopted/runc-state.js';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import { freezerOf } from './adopt-container.js';
import { removeAttemptFolders } from './agent-attempt.js';
import type { AgentContext } from './agent-context.js';
import { ContainerEntry } from './container-entry.js';
import { type ContainerRecord, readContainerRecords, removeContainerRecord } from './container-record.js';
import { readSetup } from './container-setup.js';

const thawMs = 10_000;

/**
 * Finds what a dead agent has left on this machine: thaws every container of its, since nobody else does, then makes out which of them live. What is left of the others is
 * removed.
 */
export async function adoptRecords(context: AgentContext): Promise<readonly ContainerEntry[]> {
  const { config } = context;
  const records = await readContainerRecords(config.stateDirectory);
  await Promise.all(records.map((record) => thaw(context, record)));
  const entries: ContainerEntry[] = [];
  for (const record of records) {
    for (const attempt of record.attempts) await removeAttemptFolders(config.stateDirectory, attempt);
    const entry = await adopt(context, record);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

async function thaw(context: AgentContext, { root, id }: ContainerRecord): Promise<void> {
  const state = await readRuncState(root, id).catch(() => undefined);
  const freezer = state === undefined ? undefined : await freezerOf(context, state);
  await freezer?.thaw(thawMs).catch((error: unknown) => context.logger.error({ container: id, error: String(error) }, 'a container was not thawed'));
}

async function adopt(context: AgentContext, record: ContainerRecord): Promise<ContainerEntry | undefined> {
  const { logger, config, clock } = context;
  try {
    if ((await readRuncState(record.root, record.id)) !== undefined) {
      const setup = await readSetup(context, record, record.name);
      if (setup !== undefined) return new ContainerEntry(setup, clock.now().toISOString(), record);
    }
    await removeContainerRecord(config.stateDirectory, record.id);
  } catch (error) {
    logger.warn({ container: record.id, error: asHoldfastError(error).message }, 'a container of the agent before is not protected any more');
  }
  return undefined;
}
