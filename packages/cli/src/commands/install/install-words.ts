import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import { textOf } from '../../settings/read-values.js';
import type { CommandContext } from '../command-context.js';

/** Docker is all that there is. Throws HF_USAGE. */
export function assertWhat({ words }: CommandContext, command: 'install' | 'uninstall'): void {
  const [what = ''] = words;
  if (what === 'docker') return;
  throw new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: `holdfast ${command} knows nothing of '${what}'`,
    hint: `Write holdfast ${command} docker`,
    context: { command },
  });
}

/** The tree to work in: this machine's own where none is named. */
export function installRoot({ values, cli }: CommandContext): string {
  return resolve(cli.workingDirectory, textOf(values, 'root') ?? '/');
}
