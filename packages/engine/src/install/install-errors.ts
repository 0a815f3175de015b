import { HoldfastError } from '@holdfast/core';

/** What install and uninstall do not change: `what` goes on from the file's name. */
export function dockerSetup(file: string, what: string, hint: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_DOCKER_SETUP', {
    kind: 'conflict',
    message: `${file} ${what}`,
    operation: 'install',
    context: { file },
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
