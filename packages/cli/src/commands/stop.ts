import type { StoppedJob } from '@holdfast/engine';
import { exitCodes } from '../exit-codes.js';
import { askWhoRuns } from './ask-who-runs.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function stop(context: CommandContext): Promise<number> {
  const { printer, words, signal } = context;
  const job = jobArgument(words);
  printer.progress(`stopping '${job}' …`);
  const stopped = await askWhoRuns(context, (who) => who.stop(job, { signal })).finally(() => printer.progress(undefined));
  if (printer.json) printer.document(stopped);
  else printer.text(stoppedText(stopped));
  return exitCodes.ok;
}

function stoppedText({ job, outcome, lastSnapshot }: StoppedJob): string {
  if (outcome === 'exited') return `job '${job}' ended by itself meanwhile\n`;
  return `job '${job}' is stopped${lastSnapshot === undefined ? '' : `: its next attempt goes on from snapshot ${lastSnapshot}`}\n`;
}
