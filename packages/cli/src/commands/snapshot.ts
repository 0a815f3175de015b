import { formatSize } from '@holdfast/core/basics';
import { exitCodes } from '../exit-codes.js';
import { spanText } from '../render/times.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function snapshot({ printer, words, signal, open }: CommandContext): Promise<number> {
  const job = jobArgument(words);
  await using opened = await open(signal);
  printer.progress(`taking a snapshot of '${job}' …`);
  const taken = await opened.deployment.jobs.snapshot(job, { signal }).finally(() => printer.progress(undefined));
  if (printer.json) printer.document(taken);
  else {
    printer.text(
      `snapshot ${taken.number} of '${job}': frozen ${spanText(taken.freezeMs)}, ${formatSize(taken.storedBytes)} added to hold ${formatSize(taken.logicalBytes)}, done in ${spanText(taken.totalMs)}\n`,
    );
  }
  return exitCodes.ok;
}
