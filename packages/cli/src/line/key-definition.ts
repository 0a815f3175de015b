import type { CommandDefinition } from './command-definition.js';

export const keyDefinition: CommandDefinition = {
  name: 'key',
  summary: 'make a key for encryption, or change it',
  description:
    'generate: writes a new key to FILE, which must not be there yet, for its owner only.\n' +
    'change: puts the repository under the key in FILE, or that --to-command prints, in place of the one that the options or the configuration name. Snapshots are\n' +
    'not touched, and jobs run on. Killed at any moment it leaves the repository with one of the two; the same line again completes it.\n' +
    'Keep a copy of the key, and after a change of repository.json too, elsewhere: nobody can bring either back.',
  arguments: [
    { name: 'ACTION', required: true, choices: ['generate', 'change'] },
    { name: 'FILE', required: false, completes: 'file' },
  ],
  options: [{ name: 'to-command', value: 'CMD', description: 'of change: a shell command that prints the new key' }],
  examples: [
    { line: 'holdfast key generate /etc/holdfast/key', meaning: 'then: holdfast run --encrypt-key-file /etc/holdfast/key -- …' },
    { line: 'holdfast key change /etc/holdfast/new --encrypt-key-file /etc/holdfast/key', meaning: 'from the old key to the new one' },
  ],
};
