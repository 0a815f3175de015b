import { exitCodes } from '../../exit-codes.js';
import { escapeText } from '../../render/escape-text.js';
import { resourcesText } from '../../render/storage-text.js';
import type { CommandContext, OpenedDeployment } from '../command-context.js';
import { tellProgress } from './tell-progress.js';

export async function provision({ deployment: { storage } }: OpenedDeployment, context: CommandContext): Promise<number> {
  const { printer, signal } = context;
  const made = await storage.provision({ signal, onProgress: tellProgress(context) });
  printer.progress(undefined);
  if (printer.json) printer.document({ storage: storage.name, ...made });
  else {
    printer.text(resourcesText(made.resources));
    printer.say(
      made.state === 'ready' ? 'word' : 'warning',
      `${storage.name} is ${made.state}${made.reason === undefined ? '' : `: ${escapeText(made.reason)}`}`,
    );
  }
  return made.state === 'ready' ? exitCodes.ok : exitCodes.no;
}
