import { exitCodes } from '../exit-codes.js';
import { snapshotText } from '../render/snapshot-text.js';
import { askWhoRuns } from './ask-who-runs.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function snapshot(context: CommandContext): Promise<number> {
  const { printer, words, signal } = context;
  const job = jobArgument(words);
  printer.progress(`taking a snapshot of '${job}' …`);
  const taken = await askWhoRuns(context, (who) => who.snapshot(job, { signal })).finally(() => printer.progress(undefined));
  if (printer.json) printer.document(taken);
  else printer.text(`snapshot ${taken.number} of '${job}': ${snapshotText(taken)}\n`);
  return exitCodes.ok;
}
