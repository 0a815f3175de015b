import { agentDefinition, installDefinition, stopDefinition, uninstallDefinition } from './agent-definitions.js';
import { catalogDefinition } from './catalog-definition.js';
import { exportDefinition, importDefinition } from './archive-definitions.js';
import type { CommandDefinition } from './command-definition.js';
import { keyDefinition } from './key-definition.js';
import { listDefinition, showDefinition } from './query-definitions.js';
import { runDefinition } from './run-definition.js';
import { storageDefinition } from './storage-definition.js';

const aJob = { name: 'JOB', required: true, completes: 'job' } as const;

/** Every command, in the order of the help. */
export const commandDefinitions: readonly CommandDefinition[] = [
  runDefinition,
  listDefinition,
  showDefinition,
  {
    name: 'verify',
    summary: 'read snapshots and verify every byte',
    description: 'Reads every block of one job, or of all, and verifies it. Exit status 1 where something is damaged.',
    arguments: [{ ...aJob, required: false }],
    options: [],
    examples: [
      { line: 'holdfast verify', meaning: 'the whole repository' },
      { line: 'holdfast verify align-7', meaning: 'one job' },
    ],
  },
  {
    name: 'snapshot',
    summary: 'take a snapshot of a running job now',
    description: 'Asks what runs the job on this machine, holdfast run or the agent, for a snapshot and waits until it is committed.',
    arguments: [aJob],
    options: [],
    examples: [
      { line: 'holdfast snapshot align-7', meaning: 'before something risky' },
      { line: 'holdfast snapshot align-7 --json', meaning: 'its number, freeze and size' },
    ],
  },
  stopDefinition,
  {
    name: 'prune',
    summary: 'remove old snapshots of a job, or of all',
    description:
      "Removes the snapshots that the configuration's 'retention' does not keep, of one job or of all; with --keep, all but the newest N of one job.\n" +
      'Their space is freed by a later prune, once the grace is over.',
    arguments: [{ ...aJob, required: false }],
    options: [
      { name: 'keep', value: 'N', description: 'how many of the newest of JOB to keep, whatever the configuration says' },
      { name: 'dry-run', description: 'only tell what would be removed, and why' },
    ],
    examples: [
      { line: 'holdfast prune --dry-run', meaning: 'what the configuration would remove of all jobs' },
      { line: 'holdfast prune align-7 --keep 1', meaning: 'only the newest stays' },
      { line: 'holdfast prune --json', meaning: 'from a timer; only one node at a time sweeps' },
    ],
  },
  {
    name: 'remove',
    summary: 'remove a job with all its snapshots',
    description:
      'Removes JOB from the storage and from the catalog; its name is free then. Refused while it runs, while a job that was forked from it needs it,\n' +
      'and while somebody reads it. There is no way back.',
    arguments: [aJob],
    options: [
      { name: 'force', description: 'also while somebody reads it, who then fails, or where a pin was made by hand; never what a fork needs' },
    ],
    examples: [
      { line: 'holdfast remove align-7', meaning: 'all of it; what it printed and wrote stays' },
      { line: 'holdfast remove align-7 --json', meaning: 'how many snapshots, and what was freed' },
    ],
  },
  {
    name: 'fork',
    summary: "make a new job from another job's snapshot",
    description:
      'Makes the job NEW, which goes on from the newest snapshot of JOB, or from snapshot N, when it is run. Nothing is copied, and both jobs go on by themselves.\n' +
      'The files of NEW come back at the paths of JOB: on one machine only one of the two may run at a time, unless NEW is run with --here in a directory of its own.',
    arguments: [
      { name: 'JOB[@N]', required: true, completes: 'job' },
      { name: 'NEW', required: true },
    ],
    options: [],
    examples: [
      { line: 'holdfast fork align-7 align-8', meaning: 'from the newest snapshot; then: holdfast run --job align-8 -- …' },
      { line: 'holdfast fork align-7@12 what-if', meaning: 'from snapshot 12' },
    ],
  },
  exportDefinition,
  importDefinition,
  keyDefinition,
  storageDefinition,
  catalogDefinition,
  agentDefinition,
  installDefinition,
  uninstallDefinition,
  {
    name: 'doctor',
    summary: 'check every requirement of this machine',
    description:
      'Checks what Holdfast needs of this machine and names the remedy of what is missing. Changes nothing. Exit status 1 where something is missing.',
    arguments: [],
    options: [],
    examples: [
      { line: 'holdfast doctor', meaning: 'before the first job' },
      { line: 'holdfast doctor --storage /mnt/shared', meaning: 'and this storage' },
    ],
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    description: 'Prints a script that makes the shell complete commands, options, values and job names.',
    arguments: [{ name: 'SHELL', required: true, choices: ['bash', 'zsh', 'fish'] }],
    options: [],
    examples: [
      { line: 'source <(holdfast completion bash)', meaning: 'in ~/.bashrc' },
      { line: 'holdfast completion zsh > "${fpath[1]}/_holdfast"', meaning: 'once' },
      { line: 'holdfast completion fish > ~/.config/fish/completions/holdfast.fish', meaning: 'once' },
    ],
  },
  {
    name: '__complete',
    summary: 'what the completion scripts call',
    description: 'Prints what could stand where the last word is.',
    arguments: [],
    options: [],
    examples: [],
    passesThrough: true,
    hidden: true,
  },
];
