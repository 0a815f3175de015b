import type { CommandDefinition } from './command-definition.js';

export const catalogDefinition: CommandDefinition = {
  name: 'catalog',
  summary: 'make the catalog anew from the storage, or a database of AWS for it',
  description:
    'rebuild: makes the catalog say what the storage says of its jobs: after a loss of the catalog, or where it missed something. Jobs run on, and a repeat is\n' +
    'harmless. What only a catalog has does not come back: events. Exit status 1 where a job could not be brought over.\n' +
    'provision: makes the database that FILE describes, on RDS, MemoryDB or ElastiCache, and prints the section for the configuration. Shows before what is made\n' +
    'and what it costs roughly, and asks on a terminal. Stopped or killed at any moment, the same line goes on where it was.\n' +
    'deprovision: removes what provision made, with all its data, and nothing else. On a terminal it asks first.',
  arguments: [
    { name: 'ACTION', required: true, choices: ['rebuild', 'provision', 'deprovision'] },
    { name: 'FILE', required: false, completes: 'file' },
  ],
  options: [
    { name: 'yes', description: 'of provision and deprovision: do not ask' },
    { name: 'dry-run', description: 'of provision and deprovision: only tell what would be made or removed, and what it costs' },
  ],
  examples: [
    { line: 'holdfast catalog rebuild', meaning: 'after the catalog was lost' },
    {
      line: 'holdfast catalog provision team.json --dry-run',
      meaning: 'what it would make and cost; team.json: {"name": "team", "rdsPostgres": {…}}',
    },
    { line: 'holdfast catalog deprovision team.json --yes', meaning: 'all of it goes, with its data' },
  ],
};
