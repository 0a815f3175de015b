import { exitCodes } from '../../exit-codes.js';
import { resourcesText } from '../../render/storage-text.js';
import { isOn } from '../../settings/read-values.js';
import type { CommandContext } from '../command-context.js';
import { confirm } from '../storage/confirm.js';
import { tellProgress } from '../storage/tell-progress.js';
import { openDatabase } from './open-database.js';

/** Removes what `provision` made, with all data; asks on a terminal. */
export async function deprovision(context: CommandContext): Promise<number> {
  const { printer, values, signal } = context;
  const { database, name } = await openDatabase(context);
  const there = await database.planRemoval({ signal });
  const asks = { line: 'holdfast catalog deprovision', refused: 'nothing was removed' };
  if (isOn(values, 'dry-run')) {
    if (printer.json) printer.document({ database: name, removed: [], wouldRemove: there });
    else printer.text(resourcesText(there, 'would be removed'));
    return exitCodes.ok;
  }
  if (there.length > 0 && !isOn(values, 'yes') && !(await confirm(context, resourcesText(there), `remove ${name} with all its data?`, asks)))
    return exitCodes.no;
  const { removed, left } = await database.destroy({ signal, onProgress: tellProgress(context) });
  printer.progress(undefined);
  if (printer.json) printer.document({ database: name, removed, left });
  else {
    printer.text(removed.map((label) => `removed: ${label}\n`).join(''));
    if (left.length > 0) printer.say('word', `left, as Holdfast did not make it or it belongs to what stays: ${left.join(', ')}`);
    else if (removed.length === 0) printer.say('word', `there is nothing of ${name}`);
  }
  return exitCodes.ok;
}
