import { realpath } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core/basics';
import { explainSystemError } from './system-errors.js';

/** The root may be reached through links; nothing below it is. */
export async function resolveRoot(root: string): Promise<string> {
  if (!root.startsWith('/'))
    throw new HoldfastError('HF_USAGE', {
      message: `The repository's root ${JSON.stringify(root)} is not an absolute path`,
      kind: 'invalid-argument',
    });
  try {
    return await realpath(root);
  } catch (error) {
    throw explainSystemError(error, 'open', root);
  }
}
