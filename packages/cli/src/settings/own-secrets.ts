import type { Environment } from './variables.js';

/** They hold secrets or lead to them; a command of this kind may be one that prints the key to whoever runs it. */
const ownVariables = [
  'HOLDFAST_CATALOG',
  'HOLDFAST_CATALOG_PASSWORD',
  'HOLDFAST_STORAGE_PASSWORD',
  'HOLDFAST_ENCRYPT_KEY_FILE',
  'HOLDFAST_KEY_COMMAND',
  'META_PASSWORD',
  'JFS_RSA_PASSPHRASE',
];

/** The job's environment: Holdfast's own secrets are none of the job's, whose environment is in its memory, and so in its snapshots. `more` are further names. */
export function withoutOwnSecrets(environment: Environment, more: readonly string[]): Environment {
  const left = new Set([...ownVariables, ...more]);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !left.has(name)));
}
