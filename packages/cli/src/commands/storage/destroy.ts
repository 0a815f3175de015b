import type { PlannedResource, StorageDriver } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core/basics';
import { exitCodes } from '../../exit-codes.js';
import { resourcesText } from '../../render/storage-text.js';
import { isOn } from '../../settings/read-values.js';
import type { CommandContext, OpenedDeployment } from '../command-context.js';
import { confirm } from './confirm.js';
import { tellProgress } from './tell-progress.js';

export async function destroy({ deployment: { storage } }: OpenedDeployment, context: CommandContext): Promise<number> {
  const { printer, values, signal } = context;
  const force = isOn(values, 'force');
  const { resources } = await storage.inspect({ signal });
  const question = `remove ${storage.name}${force ? ' with every snapshot in it' : ''}?`;
  if (!isOn(values, 'yes') && !(await confirm(context, resourcesText(resources), question))) return exitCodes.no;
  await storage.destroy({ signal, force, onProgress: tellProgress(context) });
  printer.progress(undefined);
  // What would have to be made again is what was removed.
  const missing = await missingOf(storage, resources, signal);
  const isGone = (resource: PlannedResource): boolean => missing.some((other) => isSame(resource, other));
  const removed = resources.filter(isGone);
  const left = resources.filter((resource) => !isGone(resource));
  if (printer.json) printer.document({ storage: storage.name, removed, left });
  else {
    printer.text(resourcesText(removed, 'removed'));
    if (left.length > 0)
      printer.say('word', `left, since Holdfast did not make it or others use it: ${left.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`);
    else if (removed.length === 0) printer.say('word', `there is nothing of ${storage.name}`);
  }
  return exitCodes.ok;
}

async function missingOf(storage: StorageDriver, before: readonly PlannedResource[], signal: AbortSignal): Promise<readonly PlannedResource[]> {
  try {
    return (await storage.plan({ signal })).resources.filter(({ action }) => action === 'create');
  } catch (error) {
    // Something is gone that `provision` does not make.
    if (isHoldfastError(error) && error.kind === 'not-found') return before;
    throw error;
  }
}

function isSame(one: PlannedResource, other: PlannedResource): boolean {
  return one.kind === other.kind && one.name === other.name;
}
