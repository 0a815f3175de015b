import type { CommandDefinition } from './command-definition.js';

export const listDefinition: CommandDefinition = {
  name: 'list',
  summary: 'list the jobs',
  description:
    'Lists the jobs, the last changed first; with --totals only how many there are. Where the catalog does not answer, what the storage tells.',
  arguments: [],
  options: [
    { name: 'status', value: 'STATUS', description: 'only jobs of this status', choices: ['running', 'interrupted', 'succeeded', 'failed'] },
    { name: 'prefix', value: 'TEXT', description: 'only jobs whose name begins so' },
    { name: 'label', value: 'K=V', description: 'only jobs with this label' },
    { name: 'since', value: 'TIME', description: 'only jobs that changed after this: 2h and 7d ago, or 2026-11-22T14:00:00Z' },
    { name: 'limit', value: 'N', description: 'at most so many, up to 1000 (default: 100)' },
    { name: 'cursor', value: 'TEXT', description: 'go on where the page before ended' },
    { name: 'all', description: 'all of them, page after page' },
    { name: 'totals', description: 'only count jobs, snapshots and bytes' },
  ],
  examples: [
    { line: 'holdfast list --status failed --since 1d', meaning: 'what went wrong since yesterday' },
    { line: 'holdfast list --label team=genomics --all --json', meaning: 'for a script' },
    { line: 'holdfast list --totals', meaning: 'how much there is' },
  ],
};

export const showDefinition: CommandDefinition = {
  name: 'show',
  summary: 'show a job, its snapshots and attempts',
  description:
    'Shows a job: who runs it, its snapshots, its attempts, what happened last. Where the catalog does not answer, what the storage tells.',
  arguments: [{ name: 'JOB', required: true, completes: 'job' }],
  options: [
    { name: 'events', value: 'N', description: 'how many events, up to 1000 (default: 10; 100 with --json)' },
    { name: 'cursor', value: 'TEXT', description: 'go on with the events where the page before ended' },
  ],
  examples: [
    { line: 'holdfast show align-7', meaning: 'everything that is known of it' },
    { line: "holdfast show align-7 --json | jq '.snapshots[0].number'", meaning: 'its newest snapshot' },
  ],
};
