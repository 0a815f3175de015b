import type { StorageProgress } from '@holdfast/core';
import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';
import { exitCodes } from '../../exit-codes.js';
import { escapeText } from '../../render/escape-text.js';
import { resourcesText } from '../../render/storage-text.js';
import { spanText } from '../../render/times.js';
import type { CommandContext, OpenedDeployment } from '../command-context.js';

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

/** A step's message once, with the time since the beginning; while it is said again and again, on a terminal, in place. */
function tellProgress({ cli, printer }: CommandContext): (progress: StorageProgress) => void {
  const startedAtMs = cli.clock.monotonicMs();
  let said = '';
  return ({ step, message }) => {
    const elapsedMs = cli.clock.monotonicMs() - startedAtMs;
    const text = `${spanText(elapsedMs).padStart(7)}  ${step}: ${escapeText(message)}`;
    const isNew = said !== `${step}: ${message}`;
    said = `${step}: ${message}`;
    if (printer.json) printer.line('word', { type: 'storage.progress', step, message, elapsedMs: Math.round(elapsedMs) });
    else if (isNew) printer.say('word', text);
    else printer.progress(text);
  };
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
