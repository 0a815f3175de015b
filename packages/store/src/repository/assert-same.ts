import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import { readIdentity } from './identity.js';
import type { StoreContext } from './store-context.js';

/**
 * Rejects with HF_REPOSITORY_MISSING where the root holds this repository no more. What was mounted there may be gone since it was opened: an empty directory
 * would be taken for a repository without jobs, and written to.
 */
export async function assertSame({ files, root, repositoryId }: Pick<StoreContext, 'files' | 'root' | 'repositoryId'>): Promise<void> {
  const found = await readIdentity(files, join(root, 'repository.json'));
  if (found === undefined) {
    throw new HoldfastError('HF_REPOSITORY_MISSING', {
      message: `There is no repository at ${root} any more: what was mounted there is gone`,
      kind: 'unavailable',
      context: { root },
      hint: 'Mount it again, unless that comes by itself, as of a JuiceFS volume within seconds: the next snapshot goes on then',
    });
  }
  if (found.id === repositoryId) return;
  throw new HoldfastError('HF_REPOSITORY_MISSING', {
    message: `${root} holds another repository than before (${found.id} instead of ${repositoryId})`,
    kind: 'conflict',
    context: { root },
    hint: 'Mount the storage that the run was started with',
  });
}
