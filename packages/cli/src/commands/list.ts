import type { JobQuery, JobStatus } from '@holdfast/core';
import { exitCodes } from '../exit-codes.js';
import { jobList } from '../render/job-list.js';
import { choiceOf, labelOf, textOf, wholeNumberOf } from '../settings/read-values.js';
import type { CommandContext } from './command-context.js';

const statuses: readonly JobStatus[] = ['running', 'interrupted', 'succeeded', 'failed'];

export async function list({ cli, printer, values, signal, open }: CommandContext): Promise<number> {
  const query = jobQuery(values);
  await using opened = await open(signal);
  const page = await opened.deployment.jobs.list(query, { signal });
  if (page.warning !== undefined) printer.say('warning', page.warning);
  if (printer.json) printer.document(page);
  else {
    printer.text(jobList(page.items, cli.clock.now()));
    if (page.items.length === 0) printer.say('word', 'no jobs');
    if (page.nextCursor !== undefined) printer.say('word', `there are more: holdfast list --cursor ${page.nextCursor}`);
  }
  return exitCodes.ok;
}

function jobQuery(values: CommandContext['values']): JobQuery {
  const query = {
    status: choiceOf(values, 'status', statuses),
    prefix: textOf(values, 'prefix'),
    label: labelOf(values, 'label'),
    limit: wholeNumberOf(values, 'limit'),
    cursor: textOf(values, 'cursor'),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}
