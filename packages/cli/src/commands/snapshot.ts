import { exitCodes } from '../exit-codes.js';
import { snapshotText } from '../render/snapshot-text.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function snapshot({ printer, words, signal, open }: CommandContext): Promise<number> {
  const job = jobArgument(words);
  await using opened = await open(signal);
  printer.progress(`taking a snapshot of '${job}' …`);
  const taken = await opened.deployment.jobs.snapshot(job, { signal }).finally(() => printer.progress(undefined));
  if (printer.json) printer.document(taken);
  else printer.text(`snapshot ${taken.number} of '${job}': ${snapshotText(taken)}\n`);
  return exitCodes.ok;
}
