import { exitCodes } from '../exit-codes.js';
import { jobDetail } from '../render/job-detail.js';
import { textOf, wholeNumberOf } from '../settings/read-values.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function show({ cli, printer, words, values, signal, open }: CommandContext): Promise<number> {
  const job = jobArgument(words);
  const [limit, cursor] = [wholeNumberOf(values, 'events'), textOf(values, 'cursor')];
  const events = { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) };
  await using opened = await open(signal);
  const detail = await opened.deployment.jobs.show(job, { signal, events });
  if (detail.warning !== undefined) printer.say('warning', detail.warning);
  if (printer.json) printer.document(detail);
  else {
    printer.text(jobDetail(detail, cli.clock.now(), limit));
    if (limit !== undefined && detail.nextCursor !== undefined)
      printer.say('word', `there are more events: holdfast show ${job} --events ${limit} --cursor ${detail.nextCursor}`);
  }
  return exitCodes.ok;
}
