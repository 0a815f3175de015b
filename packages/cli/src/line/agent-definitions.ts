import type { CommandDefinition } from './command-definition.js';

export const stopDefinition: CommandDefinition = {
  name: 'stop',
  summary: 'take a last snapshot of a running job and end it',
  description:
    'Asks what runs the job on this machine, holdfast run or the agent, to take a last snapshot and to end the job. The same line, or a container of the same\n' +
    'job, goes on from there, here or elsewhere. Returns when the job is over. Exit status 1 where the snapshot failed: the job has ended without it.',
  arguments: [{ name: 'JOB', required: true, completes: 'job' }],
  options: [],
  examples: [
    { line: 'holdfast stop align-7', meaning: 'for the night; then the same holdfast run, or the same container, resumes it' },
    { line: 'holdfast stop align-7 --json', meaning: 'the number of its last snapshot' },
  ],
};

export const agentDefinition: CommandDefinition = {
  name: 'agent',
  summary: "look after Docker's containers on this node",
  description:
    'Takes snapshots of every container that asks for them by MMC_CHECKPOINT_MODE, and brings their jobs back. Runs until a signal ends it; containers run on, and\n' +
    'the next agent takes them over. holdfast install docker makes it a service.\n' +
    'status: what the agent of this node does. Exit status 5 where there is none.',
  arguments: [{ name: 'ACTION', required: false, choices: ['status'] }],
  options: [],
  examples: [
    { line: 'holdfast agent --config /etc/holdfast/holdfast.json', meaning: 'as the service does' },
    { line: 'holdfast agent status', meaning: 'its containers, their jobs, and who runs without protection' },
    { line: 'holdfast agent status --json', meaning: 'for a script, with what was counted' },
  ],
};

const root = {
  name: 'root',
  value: 'DIR',
  description: 'the tree of another machine, such as an image that is being built; nothing is started',
  completes: 'directory',
} as const;

export const installDefinition: CommandDefinition = {
  name: 'install',
  summary: 'set Docker and the agent up on this machine',
  description:
    "docker: adds the runtime 'holdfast' to Docker's daemon.json (what is there stays, and a copy is kept), writes the agent's service and the configuration file,\n" +
    'which holds the storage that this line names where there is none yet. Run again, it changes nothing that is right. What it would have to overwrite is refused by name.',
  arguments: [{ name: 'WHAT', required: true, choices: ['docker'] }],
  options: [
    { name: 'default-runtime', description: 'every container goes through it, also those whose line names no runtime, as those of AWS Batch' },
    root,
  ],
  examples: [
    { line: 'holdfast install docker --default-runtime --storage /mnt/shared/holdfast', meaning: 'a node of AWS Batch' },
    { line: 'holdfast install docker --root /mnt/image --storage juicefs://jobs?…', meaning: 'into an image' },
  ],
};

export const uninstallDefinition: CommandDefinition = {
  name: 'uninstall',
  summary: 'undo what install did',
  description:
    'docker: ends the agent and takes back what install docker changed, and only that: files that somebody changed since are left, and named. Snapshots stay.',
  arguments: [{ name: 'WHAT', required: true, choices: ['docker'] }],
  options: [root],
  examples: [
    { line: 'holdfast uninstall docker', meaning: "containers with the runtime 'holdfast' do not start any more" },
    { line: 'holdfast uninstall docker --root /mnt/image', meaning: 'in an image' },
  ],
};
