import { exitCodes } from '../exit-codes.js';
import { jobDetail } from '../render/job-detail.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function show({ cli, printer, words, signal, open }: CommandContext): Promise<number> {
  const job = jobArgument(words);
  await using opened = await open(signal);
  const detail = await opened.deployment.jobs.show(job, { signal });
  if (printer.json) printer.document(detail);
  else printer.text(jobDetail(detail, cli.clock.now()));
  return exitCodes.ok;
}
