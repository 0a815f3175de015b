import type { CommandDefinition } from './command-definition.js';

export const storageDefinition: CommandDefinition = {
  name: 'storage',
  summary: 'make, attach and remove the storage',
  description:
    'plan: what provision would make, adopt or leave, and about what it costs; changes nothing.\n' +
    'provision: makes what is missing. Stopped or killed at any moment, the same line goes on where it was; on storage that is ready it changes nothing.\n' +
    'attach: makes it reachable on this machine and keeps it so until detach, also after the command. Other commands attach it by themselves while they run.\n' +
    'status: its state, where it is attached, whether it answers, and who uses it. Exit status 1 where it is not ready or does not answer.\n' +
    'detach: flushes and ends what attach began; what uses it goes on, and it goes away with the last of them.\n' +
    'destroy: removes what provision made, never what was there before. Refused while it is in use, and while it holds anything without --force. On a\n' +
    'terminal it asks first.',
  arguments: [{ name: 'ACTION', required: true, choices: ['plan', 'provision', 'attach', 'status', 'detach', 'destroy'] }],
  options: [
    { name: 'force', description: 'of destroy: also what it holds, every snapshot in it; never what is in use' },
    { name: 'yes', description: 'of destroy: do not ask' },
  ],
  examples: [
    { line: 'holdfast storage plan', meaning: 'of the storage that the configuration file describes' },
    { line: 'holdfast storage provision --storage /mnt/shared/holdfast', meaning: 'then: holdfast run --storage /mnt/shared/holdfast -- …' },
    { line: 'holdfast storage destroy --force --yes', meaning: 'with every snapshot in it; there is no way back' },
  ],
};
