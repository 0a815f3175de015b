import type { OptionDefinition } from './option-definition.js';

/** Taken by every command, before or after its name. */
export const commonOptions: readonly OptionDefinition[] = [
  { name: 'json', description: 'one JSON document on stdout (run: events as JSON lines on stderr)', variable: 'HOLDFAST_JSON' },
  { name: 'quiet', short: 'q', description: 'only warnings and errors; -qq nothing at all', variable: 'HOLDFAST_QUIET', counted: true },
  { name: 'verbose', description: 'also what happens inside, on stderr', variable: 'HOLDFAST_VERBOSE' },
  {
    name: 'config',
    value: 'FILE',
    description: 'the configuration file (default: /etc/holdfast/holdfast.json where it exists)',
    variable: 'HOLDFAST_CONFIG',
    completes: 'file',
  },
  {
    name: 'storage',
    value: 'DIR|URL',
    description: 'where snapshots are kept (default: storage in the state directory)',
    variable: 'HOLDFAST_STORAGE',
    completes: 'directory',
  },
  { name: 'catalog', value: 'URL', description: 'the index of jobs (default: SQLite in the state directory)', variable: 'HOLDFAST_CATALOG' },
  {
    name: 'state-dir',
    value: 'DIR',
    description: 'what this machine keeps of running jobs (default: /var/lib/holdfast)',
    variable: 'HOLDFAST_STATE_DIR',
    completes: 'directory',
  },
  {
    name: 'encrypt-key-file',
    value: 'FILE',
    description: 'the file with the key of 32 bytes under which snapshots are encrypted (holdfast key generate)',
    variable: 'HOLDFAST_ENCRYPT_KEY_FILE',
    completes: 'file',
    insteadOf: 'key-command',
  },
  {
    name: 'key-command',
    value: 'CMD',
    description: 'a shell command that prints that key',
    variable: 'HOLDFAST_KEY_COMMAND',
    insteadOf: 'encrypt-key-file',
  },
];
