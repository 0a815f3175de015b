import type { CommandDefinition } from './command-definition.js';

export const exportDefinition: CommandDefinition = {
  name: 'export',
  summary: 'write a snapshot as one archive',
  description:
    'Writes snapshot N of a job, or the newest one, as a tar file that holdfast import takes back anywhere, and that tar and checkpointctl read.\n' +
    'With - for FILE.tar it goes to stdout. The archive holds the memory and the files of the job: keep it as you keep those.',
  arguments: [
    { name: 'JOB[@N]', required: true, completes: 'job' },
    { name: 'FILE.tar', required: true, completes: 'file' },
  ],
  options: [],
  examples: [
    { line: 'holdfast export align-7 align-7.tar', meaning: 'its newest snapshot' },
    { line: 'holdfast export align-7@12 - | zstd > align-7.tar.zst', meaning: 'snapshot 12, compressed' },
    { line: 'holdfast export align-7 - | ssh big holdfast import - --job align-7', meaning: 'to another machine' },
  ],
};

export const importDefinition: CommandDefinition = {
  name: 'import',
  summary: 'take an archive in as a new job',
  description:
    'Takes in what holdfast export wrote, as the first snapshot of a new job; holdfast run --job NAME resumes it.\n' +
    'With - for FILE.tar it comes from stdin. Every byte is verified before the snapshot is committed.',
  arguments: [{ name: 'FILE.tar', required: true, completes: 'file' }],
  options: [{ name: 'job', value: 'NAME', description: 'the name of the new job (must be given)', variable: 'HOLDFAST_JOB' }],
  examples: [
    { line: 'holdfast import align-7.tar --job align-8', meaning: 'then: holdfast run --job align-8 -- ./align.sh' },
    { line: 'zstd -dc align-7.tar.zst | holdfast import - --job align-8', meaning: 'from a compressed one' },
  ],
};
