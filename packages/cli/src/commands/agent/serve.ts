import { exitCodes } from '../../exit-codes.js';
import { asHoldfastError } from '../../process/as-holdfast-error.js';
import { errorLines } from '../../render/error-text.js';
import type { CommandContext } from '../command-context.js';
import { openDeploymentOf } from '../open-deployment.js';
import { provisionStorage } from '../provision-storage.js';
import { daemonLogger } from './daemon-logger.js';
import { narrateAgent } from './narrate-agent.js';

/** Serves until a signal ends it; containers run on. */
export async function serve({ cli, printer, settings, signal }: CommandContext): Promise<number> {
  await using opened = await openDeploymentOf(cli, settings, { ...printer, logger: daemonLogger(printer) }, signal);
  // A storage that does not answer keeps no container from starting.
  await provisionStorage(opened, signal).catch((error: unknown) => printer.say('warning', ...errorLines(asHoldfastError(error))));
  await using agent = await opened.deployment.serveAgent({ onEvent: narrateAgent(printer, cli.clock) }, { signal });
  printer.say('word', `the agent serves ${agent.socket}`);
  if (printer.json) printer.line('word', { type: 'agent.serving', socket: agent.socket });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  printer.say('word', 'the agent ends; containers run on');
  return exitCodes.ok;
}
