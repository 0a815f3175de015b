import type { CommandDefinition } from './command-definition.js';

export const runDefinition: CommandDefinition = {
  name: 'run',
  summary: 'run a job, or resume it where its last snapshot was',
  description:
    'Runs CMD and takes snapshots of it. The same line run again resumes the job where its newest snapshot was; a job that ended by itself starts anew.\n' +
    'Everything after CMD, or after --, belongs to the job.',
  arguments: [],
  passesThrough: true,
  options: [
    {
      name: 'job',
      value: 'NAME',
      description: 'the name of the job (default: from the working directory and the command)',
      variable: 'HOLDFAST_JOB',
      completes: 'job',
    },
    { name: 'interval', value: 'TIME', description: 'time between snapshots: 90s, 5m, 1h30m (default: 15m)', variable: 'HOLDFAST_INTERVAL' },
    {
      name: 'track',
      value: 'PATH',
      description: 'a further path whose files come back with the job; may be repeated',
      variable: 'HOLDFAST_TRACK',
      repeatedBy: ':',
      completes: 'file',
    },
    { name: 'keep', value: 'N', description: 'how many snapshots to keep (default: 3)', variable: 'HOLDFAST_KEEP' },
    {
      name: 'from',
      value: 'JOB[@N]',
      description: "make the job from this other job's snapshot where it does not exist yet; --job names it",
      variable: 'HOLDFAST_FROM',
      completes: 'job',
    },
    {
      name: 'here',
      description: "bring the files of the job's working directory to this one; the job sees them at their old path; --job names it",
      variable: 'HOLDFAST_HERE',
    },
    { name: 'fresh', description: 'start anew although snapshots exist', variable: 'HOLDFAST_FRESH' },
    {
      name: 'on-restore-failure',
      value: 'WHAT',
      description: 'where the newest snapshot cannot be restored: try older ones (the default), start fresh after those, or fail',
      variable: 'HOLDFAST_ON_RESTORE_FAILURE',
      choices: ['older', 'fresh', 'fail'],
    },
    {
      name: 'resume',
      value: 'WHEN',
      description: 'when a resumed job’s memory comes: eager (all before it runs, the default), lazy (what it touches first), or auto',
      variable: 'HOLDFAST_RESUME',
      choices: ['lazy', 'eager', 'auto'],
    },
    {
      name: 'tcp',
      value: 'WHAT',
      description: 'connected sockets: close them in the snapshot (the default), or keep them',
      variable: 'HOLDFAST_TCP',
      choices: ['close', 'keep'],
    },
    {
      name: 'memory',
      value: 'WHAT',
      description:
        'read memory from a copy of the job (twin: a short freeze), from images staged by CRIU (staged), or from a copy where it can (auto)',
      variable: 'HOLDFAST_MEMORY',
      choices: ['auto', 'twin', 'staged'],
    },
    {
      name: 'label',
      value: 'K=V',
      description: 'a label of the job, for list --label; may be repeated',
      variable: 'HOLDFAST_LABELS',
      repeatedBy: ',',
    },
  ],
  examples: [
    { line: 'holdfast run -- ./train.sh', meaning: 'a snapshot every 15 minutes; the same line resumes' },
    { line: 'holdfast run --job align-7 --interval 1m --keep 3 -- ./align.sh genome.fa', meaning: 'a name, an interval, three snapshots kept' },
    {
      line: 'holdfast run --from align-7@12 --job what-if -- ./align.sh genome.fa',
      meaning: "a new job from another's snapshot; the same line resumes it",
    },
  ],
};
