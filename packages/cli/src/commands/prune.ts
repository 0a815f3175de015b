import { formatSize, HoldfastError } from '@holdfast/core/basics';
import { exitCodes } from '../exit-codes.js';
import { countText } from '../render/count-text.js';
import { wholeNumberOf } from '../settings/read-values.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function prune({ printer, words, values, signal, open }: CommandContext): Promise<number> {
  const job = jobArgument(words);
  const keep = wholeNumberOf(values, 'keep');
  if (keep === undefined) {
    throw new HoldfastError('HF_USAGE', {
      kind: 'invalid-argument',
      message: 'prune removes snapshots, so it must be told how many to keep',
      hint: `holdfast prune ${job} --keep 3`,
      context: { command: 'prune' },
    });
  }
  await using opened = await open(signal);
  const report = await opened.deployment.jobs.prune(job, keep, { signal });
  const list = report.removed
    .map(({ number }) => number)
    .toSorted((one, other) => one - other)
    .join(', ');
  if (printer.json) printer.document(report);
  else if (report.removed.length === 0) printer.text(`'${job}': nothing to remove\n`);
  else printer.text(`'${job}': removed ${countText(report.removed.length, 'snapshot')} (${list}), ${formatSize(report.freedBytes)} freed\n`);
  return exitCodes.ok;
}
