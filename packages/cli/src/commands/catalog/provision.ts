import { catalogSection, lossOf } from '@holdfast/aws-databases';
import { exitCodes } from '../../exit-codes.js';
import { copyWarning, databasePlanText } from '../../render/database-text.js';
import { isOn } from '../../settings/read-values.js';
import type { CommandContext } from '../command-context.js';
import { confirm } from '../storage/confirm.js';
import { tellProgress } from '../storage/tell-progress.js';
import { openDatabase } from './open-database.js';

/** Shows what would be made and what it costs, asks on a terminal, makes it, and prints the section of the configuration. */
export async function provision(context: CommandContext): Promise<number> {
  const { printer, values, signal } = context;
  const { config, database, name } = await openDatabase(context);
  const plan = await database.plan({ signal });
  const text = databasePlanText(name, plan);
  if (isOn(values, 'dry-run')) {
    if (printer.json) printer.document({ database: name, ...plan });
    else printer.text(text);
    return exitCodes.ok;
  }
  if (!plan.upToDate && !isOn(values, 'yes')) {
    const asks = { line: 'holdfast catalog provision', refused: 'nothing was made' };
    if (!(await confirm(context, text, `make this, for ${plan.cost.text}?`, asks))) return exitCodes.no;
  }
  const loss = lossOf(config.service);
  if (loss !== undefined) printer.say('warning', `${loss}. Of a catalog, holdfast catalog rebuild brings them back`);
  const section = catalogSection(await database.provision({ signal, onProgress: tellProgress(context) }));
  printer.progress(undefined);
  if (printer.json) {
    const copyToEveryMachine = typeof section['tlsCaFile'] === 'string' ? [section['tlsCaFile']] : [];
    printer.document({ database: name, resources: plan.resources, cost: plan.cost, catalog: section, copyToEveryMachine });
  } else {
    printer.text(`${JSON.stringify({ catalog: section }, undefined, 2)}\n`);
    printer.say('word', `${name} is ready: put this section into the configuration file of every machine`);
  }
  const copy = copyWarning(section);
  if (copy !== undefined) printer.say('warning', copy);
  return exitCodes.ok;
}
