import type { CommandDefinition } from './command-definition.js';

export const catalogDefinition: CommandDefinition = {
  name: 'catalog',
  summary: 'make the catalog anew from the storage',
  description:
    'rebuild: makes the catalog say what the storage says of its jobs: after a loss of the catalog, or where it missed something. Jobs run on, and a repeat is\n' +
    'harmless. What only a catalog has does not come back: events. Exit status 1 where a job could not be brought over.',
  arguments: [{ name: 'ACTION', required: true, choices: ['rebuild'] }],
  options: [],
  examples: [
    { line: 'holdfast catalog rebuild', meaning: 'after the catalog was lost' },
    { line: 'holdfast catalog rebuild --catalog sqlite:/var/lib/holdfast/new.sqlite --json', meaning: 'into another catalog; how many jobs it has' },
  ],
};
