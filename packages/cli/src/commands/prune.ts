import { formatSize, HoldfastError } from '@holdfast/core/basics';
import { exitCodes } from '../exit-codes.js';
import { pruneText, sweepText } from '../render/prune-text.js';
import { isOn, wholeNumberOf } from '../settings/read-values.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

/** With a number: so many of one job. Without: what the configuration's `retention` says, of one job or of all. */
export async function prune(context: CommandContext): Promise<number> {
  const { words, values } = context;
  const job = words.length === 0 ? undefined : jobArgument(words);
  const keep = wholeNumberOf(values, 'keep');
  const dryRun = isOn(values, 'dry-run');
  if (keep === undefined) return await sweep(context, job, dryRun);
  if (job !== undefined) return await pruneTo(context, job, keep, dryRun);
  throw new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: '--keep is about one job, and none was named',
    hint: `holdfast prune JOB --keep ${keep}; 'retention' in the configuration is for all jobs`,
    context: { command: 'prune' },
  });
}

async function pruneTo({ printer, signal, open }: CommandContext, job: string, keep: number, dryRun: boolean): Promise<number> {
  await using opened = await open(signal);
  const report = await opened.deployment.jobs.prune(job, keep, { signal, dryRun });
  if (printer.json) printer.document(report);
  else printer.text(pruneText(job, report, dryRun));
  return exitCodes.ok;
}

async function sweep({ printer, signal, open }: CommandContext, job: string | undefined, dryRun: boolean): Promise<number> {
  await using opened = await open(signal);
  const report = await opened.deployment.prune({ job, dryRun }, { signal });
  if (report.skipped !== undefined) printer.say('warning', `nothing was removed: ${report.skipped}`);
  if (report.overBytes > 0) printer.say('warning', `the snapshots that must stay exceed maxBytes by ${formatSize(report.overBytes)}`);
  for (const { job: name, problem } of report.jobs) if (problem !== undefined) printer.say('warning', `'${name}' was not pruned: ${problem}`);
  if (printer.json) printer.document(report);
  else if (report.skipped === undefined) printer.text(sweepText(report));
  return report.jobs.some(({ problem }) => problem !== undefined) ? exitCodes.no : exitCodes.ok;
}
