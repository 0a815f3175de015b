import type { CallOptions, StorageDriver, StorageInspection } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core/basics';
import { exitCodes } from '../../exit-codes.js';
import { statusText } from '../../render/storage-text.js';
import type { CommandContext, OpenedDeployment } from '../command-context.js';

export async function status({ deployment: { storage } }: OpenedDeployment, { cli, printer, signal }: CommandContext): Promise<number> {
  const [{ state, reason, resources }, seen] = await Promise.all([inspect(storage, { signal }), storage.status({ signal })]);
  const told = { storage: storage.name, state, reason, ...seen, resources };
  if (printer.json) printer.document(told);
  else {
    printer.text(statusText(told, cli.clock.now()));
    if (state === 'absent') printer.say('word', 'nothing of it is made yet: holdfast storage provision makes it');
  }
  return state === 'ready' && seen.health?.ok !== false ? exitCodes.ok : exitCodes.no;
}

/** What this machine knows is told also where nobody can be asked about the rest. */
async function inspect(
  storage: StorageDriver,
  options: CallOptions,
): Promise<Omit<StorageInspection, 'state'> & { readonly state: StorageInspection['state'] | 'unknown' }> {
  try {
    return await storage.inspect(options);
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    return { state: 'unknown', reason: error.message, resources: [] };
  }
}
