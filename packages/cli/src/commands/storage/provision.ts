import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';
import { exitCodes } from '../../exit-codes.js';
import { escapeText } from '../../render/escape-text.js';
import { resourcesText } from '../../render/storage-text.js';
import type { CommandContext, OpenedDeployment } from '../command-context.js';
import { tellProgress } from './tell-progress.js';

export async function provision({ deployment: { storage } }: OpenedDeployment, context: CommandContext): Promise<number> {
  const { printer, signal } = context;
  const made = await storage.provision({ signal, onProgress: tellProgress(context) }).catch((error: unknown) => {
    throw isHoldfastError(error) && error.kind === 'aborted' ? interrupted(storage.name, error) : error;
  });
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

function interrupted(name: string, cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_ABORTED', {
    kind: 'aborted',
    message: `the provisioning of ${name} was interrupted; what is made so far is noted`,
    hint: 'Run the same line again: it goes on where it was. Or take it back: holdfast storage destroy',
    context: cause.context,
    cause,
  });
}
