import { exitCodes } from '../../exit-codes.js';
import { planText } from '../../render/storage-text.js';
import type { CommandContext, OpenedDeployment } from '../command-context.js';

export async function plan({ deployment: { storage } }: OpenedDeployment, { printer, signal }: CommandContext): Promise<number> {
  const planned = await storage.plan({ signal });
  if (printer.json) printer.document({ storage: storage.name, ...planned });
  else printer.text(planText(storage.name, planned));
  return exitCodes.ok;
}
