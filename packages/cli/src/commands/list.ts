import { HoldfastError } from '@holdfast/core/basics';
import type { JobQuery, JobRecord, JobStatus } from '@holdfast/core';
import type { JobPage } from '@holdfast/engine';
import { exitCodes } from '../exit-codes.js';
import { jobList } from '../render/job-list.js';
import { totalsText } from '../render/totals-text.js';
import { choiceOf, instantOf, isOn, labelOf, textOf, wholeNumberOf } from '../settings/read-values.js';
import type { CommandContext, OpenedDeployment } from './command-context.js';

const statuses: readonly JobStatus[] = ['running', 'interrupted', 'succeeded', 'failed'];
const choosing = ['status', 'prefix', 'label', 'since', 'limit', 'cursor', 'all'];
const largestPage = 1000;

export async function list(context: CommandContext): Promise<number> {
  const { cli, printer, values, signal, open } = context;
  const query = jobQuery(values, cli.clock.now());
  if (isOn(values, 'totals')) return await totals(context);
  await using opened = await open(signal);
  const page = isOn(values, 'all') ? await allPages(opened, query, signal) : await opened.deployment.jobs.list(query, { signal });
  if (page.warning !== undefined) printer.say('warning', page.warning);
  if (printer.json) printer.document(page);
  else {
    printer.text(jobList(page.items, cli.clock.now()));
    if (page.items.length === 0) printer.say('word', 'no jobs');
    if (page.nextCursor !== undefined) printer.say('word', `there are more: holdfast list --cursor ${page.nextCursor}`);
  }
  return exitCodes.ok;
}

async function totals({ printer, values, signal, open }: CommandContext): Promise<number> {
  const given = choosing.find((name) => values.has(name));
  if (given !== undefined)
    throw new HoldfastError('HF_USAGE', {
      kind: 'invalid-argument',
      message: `--totals counts all jobs of the storage, and --${given} chooses some`,
      hint: `holdfast list --totals, or holdfast list --${given} without it`,
      context: { command: 'list' },
    });
  await using opened = await open(signal);
  const { warning, ...counted } = await opened.deployment.jobs.totals({ signal });
  if (warning !== undefined) printer.say('warning', warning);
  if (printer.json) printer.document({ ...counted, warning });
  else printer.text(totalsText(counted));
  return exitCodes.ok;
}

/** Every page, as one. A job that changes meanwhile may come twice or not at all. */
async function allPages({ deployment }: OpenedDeployment, query: JobQuery, signal: AbortSignal): Promise<JobPage> {
  const items: JobRecord[] = [];
  const warnings = new Set<string>();
  for (let cursor = query.cursor; ; ) {
    const page = await deployment.jobs.list({ limit: largestPage, ...query, ...(cursor === undefined ? {} : { cursor }) }, { signal });
    items.push(...page.items);
    if (page.warning !== undefined) warnings.add(page.warning);
    cursor = page.nextCursor;
    if (cursor === undefined) return { items, nextCursor: undefined, warning: warnings.size === 0 ? undefined : [...warnings].join('; ') };
  }
}

function jobQuery(values: CommandContext['values'], now: Date): JobQuery {
  const query = {
    status: choiceOf(values, 'status', statuses),
    prefix: textOf(values, 'prefix'),
    label: labelOf(values, 'label'),
    updatedAfter: instantOf(values, 'since', now),
    limit: wholeNumberOf(values, 'limit'),
    cursor: textOf(values, 'cursor'),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}
